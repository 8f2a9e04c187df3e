/**
 * What is remembered of single files between commands: path -> hash of its stat, digest of its content.
 *
 * A cache in one JSON text under its own digest: damaged, foreign or missing, it is ignored.
 */
import { readFileSync } from 'node:fs';
import { type Digest, isDigest } from '../base/digest.ts';
import { digestText } from './listing.ts';
import { replaceFile } from './replace-file.ts';

export interface FileState {
  readonly a: number;
  readonly b: number;
  readonly digest: Digest;
}

export function loadFileStates(file: string): Map<string, FileState> {
  const states = new Map<string, FileState>();
  for (const row of readRows(file)) {
    if (!Array.isArray(row)) continue;
    const [path, a, b, digest]: unknown[] = row;
    if (typeof path !== 'string' || typeof a !== 'number' || typeof b !== 'number') continue;
    if (typeof digest === 'string' && isDigest(digest)) states.set(path, { a, b, digest });
  }
  return states;
}

function readRows(file: string): readonly unknown[] {
  try {
    const text = readFileSync(file, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (text.slice(0, end) !== digestText(body)) return [];
    const rows: unknown = JSON.parse(body);
    return Array.isArray(rows) ? rows : [];
  } catch {
    return [];
  }
}

/** @throws the file system's error. */
export function saveFileStates(file: string, states: ReadonlyMap<string, FileState>): void {
  const body = JSON.stringify([...states].map(([path, state]) => [path, state.a, state.b, state.digest]));
  replaceFile(file, `${digestText(body)}\n${body}`);
}
