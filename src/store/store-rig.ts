/** For tests of the store: temporary projects, random trees, and a way to say what lies on the disk. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { ProjectPath } from '../base/paths.ts';
import type { Artifact } from '../inputs/artifact.ts';
import { openInputReader } from '../inputs/input-reader.ts';
import { type LocalStore, openStore } from './open-store.ts';

export interface Rig {
  readonly root: string;
  readonly store: LocalStore;
  /** Absolute path of a path in the project. */
  at(place: string): string;
  write(place: string, content: string | Uint8Array, mode?: number): string;
  /** By a fresh reader without a stat cache: what really lies there. */
  read(place: string): Promise<Artifact | null>;
  remove(): void;
}

export function makeRig(): Rig {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'store-')));
  const at = (place: string) => path.join(root, place);
  return {
    root,
    store: openStore({ root: at('cache') }),
    at,
    write(place, content, mode = 0o644) {
      fs.mkdirSync(path.dirname(at(place)), { recursive: true });
      fs.writeFileSync(at(place), content);
      fs.chmodSync(at(place), mode);
      return at(place);
    },
    async read(place) {
      const stateFolder = fs.mkdtempSync(path.join(root, 'state-'));
      const options = { root, stateFolder, ignore: null, threads: 1, workerScript: null };
      const answer = await openInputReader(options).read(place as ProjectPath);
      fs.rmSync(stateFolder, { recursive: true });
      if (!answer.ok) throw new Error(answer.failure.message);
      return answer.value;
    },
    remove: () => fs.rmSync(root, { recursive: true, force: true }),
  };
}

/** Every object file of a store, absolute. */
export function objectFiles(root: string): string[] {
  const all = fs.readdirSync(path.join(root, 'objects'), { recursive: true, encoding: 'utf8' });
  return all.map((name) => path.join(root, 'objects', name)).filter((file) => fs.statSync(file).isFile());
}

interface File {
  readonly bytes: string;
  readonly executable: boolean;
}
/** A random tree: names to files and folders. */
export interface Tree {
  readonly [name: string]: Tree | File;
}

const NAMES = ['a', 'b c', "it's", '"q"', 'new\nline', 'é', 'e\u0301', '😀', '\uff5e', 'Z', '-x', '.hidden'];

export const trees: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree; node: Tree[string] }>((tie) => ({
  tree: fc.dictionary(fc.constantFrom(...NAMES), tie('node'), { maxKeys: 5 }),
  node: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    fc.record({ bytes: fc.string({ maxLength: 30 }), executable: fc.boolean() }),
    tie('tree'),
  ),
})).tree;

/** Writes a tree, with a link beside each of its first files. */
export function plant(folder: string, tree: Tree): void {
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, node] of Object.entries(tree)) {
    const place = path.join(folder, name);
    if (isFile(node)) fs.writeFileSync(place, node.bytes, { mode: node.executable ? 0o755 : 0o644 });
    else plant(place, node);
  }
  const [first] = Object.keys(tree);
  if (first !== undefined) fs.symlinkSync(first, path.join(folder, 'link to first'));
}

function isFile(node: Tree | File): node is File {
  return typeof node.bytes === 'string';
}
