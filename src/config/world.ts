/**
 * What loading a project needs of the disk, small enough for tests to fake.
 *
 * Everything asked is remembered: the answers are what a Project depends on.
 */
import fs from 'node:fs';
import { MAX_FILE_BYTES } from './yaml-text.ts';

export type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'too-large'; readonly sizeBytes: number }
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface World {
  /** Text of a file by absolute path. */
  readText(path: string): FileText;
  isFile(path: string): boolean;
  /** Names in a folder; empty when there is none. */
  list(folder: string): readonly string[];
}

export const diskWorld: World = {
  readText(path) {
    try {
      const stats = fs.statSync(path);
      if (stats.isDirectory()) return { kind: 'unreadable', reason: 'it is a folder' };
      if (stats.size > MAX_FILE_BYTES) return { kind: 'too-large', sizeBytes: stats.size };
      return decodeText(fs.readFileSync(path));
    } catch (error) {
      return faultOf(error);
    }
  },
  isFile(path) {
    return fs.statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  },
  list(folder) {
    try {
      return fs.readdirSync(folder);
    } catch {
      return [];
    }
  },
};

/** Reads through another world and remembers each path that was asked for. */
export class RecordingWorld implements World {
  readonly #world: World;
  readonly #asked = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  readText(path: string): FileText {
    this.#asked.add(path);
    return this.#world.readText(path);
  }

  isFile(path: string): boolean {
    this.#asked.add(path);
    return this.#world.isFile(path);
  }

  /** Not remembered: listings only serve hints. */
  list(folder: string): readonly string[] {
    return this.#world.list(folder);
  }

  sources(): readonly string[] {
    return [...this.#asked].sort();
  }
}

function decodeText(bytes: Uint8Array): FileText {
  try {
    // Drops a byte order mark; refuses bytes that are not UTF-8 instead of replacing them.
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { kind: 'unreadable', reason: 'it is not UTF-8 text' };
  }
}

function faultOf(error: unknown): FileText {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
  return {
    kind: 'unreadable',
    reason: code === 'EACCES' ? 'no permission' : `the system says ${code || String(error)}`,
  };
}
