/**
 * From the calls strace noted to the reads a unit did not declare.
 *
 * In the sandbox whatever is not declared is absent, so each such read is a call that failed although the file is there
 * outside. Pure but for asking what lies outside.
 */
import path from 'node:path';

export interface TraceSetting {
  /** Absolute folder the unit works in, which stands for the project. */
  readonly base: string;
  /** Absolute private folder around it: what is tried in it elsewhere is the unit's own business. */
  readonly folder: string;
  /** Absolute folder of the project. */
  readonly project: string;
  /** The folder the unit begins in. */
  readonly cwd: string;
  /** What lies at an absolute path outside the sandbox. */
  readonly outside: (place: string) => 'file' | 'folder' | null;
}

export interface Undeclared {
  /** In order of the first try: relative to the project where they lie in it, else absolute. */
  readonly reads: readonly string[];
  /** Addresses connected to, `1.2.3.4:443`. */
  readonly connections: readonly string[];
}

const LINE = /^(?:(\d+)\s+)?(\w+)\((.*)\)\s+= (-?\d+)(?:<[^>]*>)?(?: (E\w+))?/;
const QUOTED = /"((?:[^"\\]|\\.)*)"/;

export function findUndeclaredReads(trace: string, setting: TraceSetting): Undeclared {
  const reads = new Set<string>();
  const connections = new Set<string>();
  const folders = new Map<string, string>();
  for (const line of joined(trace)) {
    const call = LINE.exec(line);
    if (call === null) continue;
    const [, pid = '', name = '', args = '', result = '', error] = call;
    const cwd = folders.get(pid) ?? setting.cwd;
    if (/^(?:clone3?|v?fork)$/.test(name)) folders.set(result, cwd);
    else if (name === 'connect') addConnection(args, connections);
    else if (name === 'fchdir' && error === undefined) folders.set(pid, /<([^>]*)>/.exec(args)?.[1] ?? cwd);
    else {
      const tried = unquote(QUOTED.exec(args)?.[1] ?? '');
      if (tried === '') continue;
      const place = path.resolve(/^(?:AT_FDCWD|\d+)<([^>]*)>/.exec(args)?.[1] ?? cwd, tried);
      if (name === 'chdir' && error === undefined) folders.set(pid, place);
      if (error === 'ENOENT') addRead(place, name.startsWith('open') && args.includes('O_DIRECTORY'), setting, reads);
    }
  }
  return { reads: [...reads], connections: [...connections] };
}

/** A call another process interrupted is noted in two halves. */
function* joined(trace: string): Generator<string> {
  const begun = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const pid = /^\d+/.exec(line)?.[0] ?? '';
    const first = /^(.*) <unfinished \.\.\.>$/.exec(line);
    const second = /<\.\.\. \w+ resumed>(.*)$/.exec(line);
    if (first !== null) begun.set(pid, first[1] ?? '');
    else if (second !== null) yield (begun.get(pid) ?? '') + (second[1] ?? '');
    else yield line;
  }
}

function addRead(place: string, asFolder: boolean, setting: TraceSetting, reads: Set<string>): void {
  const { base, folder, project, outside } = setting;
  const inBase = inside(base, place);
  if (inBase === null && inside(folder, place) !== null) return;
  const original = inBase === null ? place : path.join(project, inBase);
  const found = outside(original);
  if (found !== 'file' && !(found === 'folder' && asFolder)) return;
  reads.add(inside(project, original) ?? original);
}

/** The path below a folder; null when it does not lie there. */
function inside(folder: string, place: string): string | null {
  return place.startsWith(`${folder}/`) ? place.slice(folder.length + 1) : null;
}

function addConnection(args: string, connections: Set<string>): void {
  const port = /sin6?_port=htons\((\d+)\)/.exec(args)?.[1];
  const address = /inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]+)"/.exec(args)?.[1];
  if (port !== undefined && address !== undefined) connections.add(`${address}:${port}`);
}

/** strace writes what is not plain text in octal. */
function unquote(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes: number[] = [];
  for (const [whole, octal, other] of text.matchAll(/\\([0-7]{1,3})|\\(.)|[^\\]+/gsu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...Buffer.from(other === undefined ? whole : (ESCAPES[other] ?? other)));
  }
  return Buffer.from(bytes).toString('utf8');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' };
