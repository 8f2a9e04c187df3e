/**
 * What is remembered of one folder tree between commands: for each folder in it a digest, and for each file one row.
 *
 * A row is the hash of an entry's name and stat with the digest of its content: names need not be kept, and an unchanged
 * folder is recognised by its sums without a look at its rows. The file is a cache: damaged, foreign or missing, it is
 * ignored.
 *
 * Layout, all numbers Float64 in the machine's order: header, then HEAD_FIELDS numbers a folder, then two numbers a row,
 * then 32 bytes a folder, then 32 bytes a row. The header ends with SHA-256 of all that follows it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { replaceFile } from './replace-file.ts';

/** What is known of one folder. */
export interface FolderState {
  /** Sums of the entries' hashes; `count` is -1 when a row could not be trusted, so that the folder never counts as unchanged. */
  readonly a: number;
  readonly b: number;
  readonly count: number;
  /** Of everything in it. */
  readonly sizeBytes: number;
  readonly files: number;
  readonly digest: Uint8Array;
  /** Two numbers (hash) and 32 bytes (digest) for each file that could be trusted. */
  readonly rowHashes: Float64Array;
  readonly rowDigests: Uint8Array;
}

/** By `folderName`. */
export type TreeState = Map<number, FolderState>;

const DIGEST_BYTES = 32;
const HEAD_FIELDS = 7;
const HEADER_BYTES = 64;
/** Changes with the layout, and reads differently on a machine of the other byte order. */
const MAGIC = 7163384699739271;

/** Null when there is none that can be used. */
export function loadTreeState(file: string): TreeState | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return null;
  }
  if (bytes.length < HEADER_BYTES) return null;
  const all = new Uint8Array(bytes).buffer; // a copy that begins at 0, as views of Float64 need
  const header = new Float64Array(all, 0, 4);
  const [magic, folders, rows] = header;
  if (magic !== MAGIC || !isCount(folders) || !isCount(rows)) return null;
  if (bytes.length !== HEADER_BYTES + (folders * HEAD_FIELDS + rows * 2) * 8 + (folders + rows) * DIGEST_BYTES)
    return null;
  const check = createHash('sha256').update(new Uint8Array(all, HEADER_BYTES)).digest();
  if (!check.equals(new Uint8Array(all, 32, DIGEST_BYTES))) return null;
  return readFolders(all, folders, rows);
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0;
}

function readFolders(all: ArrayBuffer, folders: number, rows: number): TreeState {
  const heads = new Float64Array(all, HEADER_BYTES, folders * HEAD_FIELDS);
  const hashesAt = HEADER_BYTES + folders * HEAD_FIELDS * 8;
  const folderDigestsAt = hashesAt + rows * 16;
  const rowDigestsAt = folderDigestsAt + folders * DIGEST_BYTES;
  const state: TreeState = new Map();
  let row = 0;
  for (let i = 0; i < folders; i++) {
    const [name = 0, a = 0, b = 0, count = 0, sizeBytes = 0, files = 0, ownRows = 0] = heads.subarray(i * HEAD_FIELDS);
    state.set(name, {
      a,
      b,
      count,
      sizeBytes,
      files,
      digest: new Uint8Array(all, folderDigestsAt + i * DIGEST_BYTES, DIGEST_BYTES),
      rowHashes: new Float64Array(all, hashesAt + row * 16, ownRows * 2),
      rowDigests: new Uint8Array(all, rowDigestsAt + row * DIGEST_BYTES, ownRows * DIGEST_BYTES),
    });
    row += ownRows;
  }
  return state;
}

/** Replaces the file at once: whoever reads it sees the old or the new state. @throws the file system's error. */
export function saveTreeState(file: string, state: TreeState): void {
  const folders = [...state.entries()];
  const rows = folders.reduce((sum, [, folder]) => sum + folder.rowHashes.length / 2, 0);
  const size = HEADER_BYTES + (folders.length * HEAD_FIELDS + rows * 2) * 8 + (folders.length + rows) * DIGEST_BYTES;
  const all = new ArrayBuffer(size);
  new Float64Array(all, 0, 3).set([MAGIC, folders.length, rows]);
  const heads = new Float64Array(all, HEADER_BYTES, folders.length * HEAD_FIELDS);
  const hashesAt = HEADER_BYTES + folders.length * HEAD_FIELDS * 8;
  const hashes = new Float64Array(all, hashesAt, rows * 2);
  const digests = new Uint8Array(all, hashesAt + rows * 16);
  let row = 0;
  for (const [i, [name, folder]] of folders.entries()) {
    const ownRows = folder.rowHashes.length / 2;
    heads.set([name, folder.a, folder.b, folder.count, folder.sizeBytes, folder.files, ownRows], i * HEAD_FIELDS);
    hashes.set(folder.rowHashes, row * 2);
    digests.set(folder.digest, i * DIGEST_BYTES);
    digests.set(folder.rowDigests, (folders.length + row) * DIGEST_BYTES);
    row += ownRows;
  }
  new Uint8Array(all, 32, DIGEST_BYTES).set(createHash('sha256').update(new Uint8Array(all, HEADER_BYTES)).digest());
  replaceFile(file, new Uint8Array(all));
}
