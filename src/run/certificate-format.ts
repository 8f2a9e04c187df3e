/**
 * The certificate of "nothing to do": what was looked at when everything was found up to date, and what was said then.
 *
 * While nothing it looked at has changed, the answer has not changed either: no pipeline is parsed, no key computed. It is
 * a memory of a conclusion, never a way to reach one. Loaded before anything else, so it imports next to nothing.
 */
import { type Signature, treeSignature } from '../inputs/signature.ts';
import { addExact, entryHash, hashEntry } from '../inputs/stat-sum.ts';

export interface Certificate {
  readonly version: 1;
  readonly argv: readonly string[];
  /** Everything that was read or looked for: absolute, or relative to the project. */
  readonly paths: readonly string[];
  /** Files, folders and links at and below `paths`. */
  readonly entries: number;
  readonly a: number;
  readonly b: number;
  /** Environment variables and the hash of their values: values may be secrets. */
  readonly environment: readonly (readonly [name: string, a: number, b: number])[];
  /** What a person was told; what a program was told lies beside this file, as JSON lines. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Flags that change how an answer is shown, not what it is. */
const DISPLAY_FLAGS = new Set(['--json', '--quiet', '-q', '--no-color']);

/** Where the certificate for a command line lies, below the project. */
export function certificatePath(root: string, argv: readonly string[]): string {
  const told = argv.filter((each) => !DISPLAY_FLAGS.has(each));
  hashEntry(JSON.stringify(told), told.length, 0, 0, 0, 0);
  return `${root}/cache/state/fresh/${entryHash.a.toString(36)}${entryHash.b.toString(36)}.json`;
}

export interface Sum {
  readonly entries: number;
  readonly a: number;
  readonly b: number;
  /** See `settledMs` of a signature: the latest of all. */
  readonly settledMs: number;
  /** Paths at which nothing lies, or nothing that can be looked at. */
  readonly absent: readonly string[];
}

/** How a file or folder is signed: as `treeSignature` does, or by several threads to the same effect. */
export type Sign = (place: string) => Signature;

const signAlone: Sign = (place) => treeSignature(place, null);

/** One pair of numbers for all paths, each with its own place in it. */
export function signPaths(root: string, paths: readonly string[], sign: Sign = signAlone): Sum {
  let entries = 0;
  let a = 0;
  let b = 0;
  let settledMs = 0;
  const absent: string[] = [];
  // Short paths: the system walks every folder of a path anew for each of 100,000 files.
  const base = root === process.cwd() ? '' : `${root}/`;
  for (const each of paths) {
    const signature = sign(each.startsWith('/') ? each : `${base}${each}`);
    hashEntry(each, signature.count, signature.a, signature.b, 0, 0);
    a = addExact(a, entryHash.a);
    b = addExact(b, entryHash.b);
    if (signature.settledMs > settledMs) settledMs = signature.settledMs;
    if (signature.count < 0) absent.push(each);
    else entries += signature.count;
  }
  return { entries, a, b, settledMs, absent };
}

export function signVariable(name: string, value: string | undefined): readonly [string, number, number] {
  hashEntry(`${name}\n${value ?? ''}`, value === undefined ? -1 : value.length, 0, 0, 0, 0);
  return [name, entryHash.a, entryHash.b];
}
