/**
 * From a scan to the folder's digest, reading only what the recorded state does not know.
 *
 * Children come before their parents. A folder whose sums are the recorded ones, and whose folders are as they were, has
 * its recorded digest; in any other the files whose row is not recorded are read.
 */
import type { Digest } from '../base/digest.ts';
import type { Problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Artifact } from './artifact.ts';
import { hashFile, LARGE_FILE_BYTES } from './hash-file.ts';
import { unreadable } from './input-problem.ts';
import { digestText, listingLine } from './listing.ts';
import type { ScanPool } from './scan-pool.ts';
import { entryHash, hashEntry } from './stat-sum.ts';
import type { ScannedFolder, TreeScan } from './tree-scan.ts';
import type { FolderState, TreeState } from './tree-state.ts';

export interface TreeDigest {
  readonly artifact: Artifact;
  readonly state: TreeState;
  /** The state is the recorded one: nothing to save. */
  readonly unchanged: boolean;
}

/** How long this thread may read files before it lets events through. */
const SLICE_MS = 25;
/** Of SHA-256. */
export const DIGEST_BYTES = 32;

/** One folder of a scan, with what is known of its entries. */
export interface Work {
  readonly folder: ScannedFolder;
  readonly recorded: FolderState | undefined;
  /** 32 bytes an entry; null when the folder's own entries are as recorded. */
  readonly digests: Uint8Array | null;
}

/** @param show names a path of the tree in a problem. */
export async function digestTree(
  scan: TreeScan,
  recorded: TreeState | null,
  pool: ScanPool,
  show: (path: string) => string,
): Promise<Result<TreeDigest, Problem>> {
  const work: Work[] = [];
  const large: Promise<Problem | null>[] = [];
  let sliceEndMs = Date.now() + SLICE_MS;
  for (const folder of scan.folders) {
    const state = recorded?.get(folderName(folder.path));
    const isSame =
      state !== undefined && state.count === folder.names.length && state.a === folder.a && state.b === folder.b;
    const digests = isSame ? null : new Uint8Array(folder.names.length * DIGEST_BYTES);
    work.push({ folder, recorded: state, digests });
    if (digests === null) continue;
    for (const index of takeRecorded(folder, state, digests)) {
      if ((folder.sizes[index] as number) >= LARGE_FILE_BYTES) {
        large.push(readLarge(folder, index, digests, pool, show));
        continue;
      }
      const problem = readSmall(folder, index, digests, show);
      if (problem !== null) return fail(problem);
      if (Date.now() < sliceEndMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      sliceEndMs = Date.now() + SLICE_MS;
    }
  }
  for (const problem of await Promise.all(large)) if (problem !== null) return fail(problem);
  return ok(foldUp(work, scan.startedMs, recorded?.size ?? -1));
}

/** Name of a folder in a `TreeState`. */
export function folderName(path: string): number {
  hashEntry(path, 0, 0, 0, 0, 0);
  return entryHash.a;
}

/** Copies the digests that are recorded; returns the positions of the files that must be read. */
function takeRecorded(folder: ScannedFolder, recorded: FolderState | undefined, digests: Uint8Array): number[] {
  const rowOf = new Map<number, number>();
  const rows = recorded?.rowHashes ?? [];
  for (let row = 0; row * 2 < rows.length; row++) rowOf.set(rows[row * 2] as number, row);
  const unknown: number[] = [];
  for (let i = 0; i < folder.names.length; i++) {
    const kind = folder.kinds[i];
    if (kind === 'folder' || kind === 'link') continue;
    const row = rowOf.get(folder.hashes[i * 2] as number);
    if (recorded === undefined || row === undefined || rows[row * 2 + 1] !== folder.hashes[i * 2 + 1]) unknown.push(i);
    else digests.set(recorded.rowDigests.subarray(row * DIGEST_BYTES, (row + 1) * DIGEST_BYTES), i * DIGEST_BYTES);
  }
  return unknown;
}

function fileAt(folder: ScannedFolder, index: number): string {
  return folder.linkedFiles.get(index) ?? `${folder.real}/${folder.names[index]}`;
}

function readSmall(
  folder: ScannedFolder,
  index: number,
  digests: Uint8Array,
  show: (path: string) => string,
): Problem | null {
  try {
    digests.set(hashFile(fileAt(folder, index)), index * DIGEST_BYTES);
    return null;
  } catch (error) {
    return readProblem(folder, index, error, show);
  }
}

async function readLarge(
  folder: ScannedFolder,
  index: number,
  digests: Uint8Array,
  pool: ScanPool,
  show: (path: string) => string,
): Promise<Problem | null> {
  try {
    digests.set(await pool.hash(fileAt(folder, index)), index * DIGEST_BYTES);
    return null;
  } catch (error) {
    return readProblem(folder, index, error, show);
  }
}

function readProblem(folder: ScannedFolder, index: number, error: unknown, show: (path: string) => string): Problem {
  const name = folder.names[index] as string;
  const shown = show(folder.path === '' ? name : `${folder.path}/${name}`);
  return unreadable(shown, error);
}

/** Folder digests from the leaves up. `startedMs`: files changed since then are not recorded. */
export function foldUp(work: readonly Work[], startedMs: number, recordedFolders: number): TreeDigest {
  const states = new Map<ScannedFolder, FolderState>();
  const changed = new Set<ScannedFolder>();
  const state: TreeState = new Map();
  let isUnchanged = work.length === recordedFolders;
  for (let i = work.length - 1; i >= 0; i--) {
    const { folder, recorded, digests } = work[i] as Work;
    const children = [...folder.folders.values()];
    const isReused = recorded !== undefined && digests === null && !children.some((child) => changed.has(child));
    const folded = isReused ? recorded : foldFolder(work[i] as Work, states, startedMs);
    if (!isReused) isUnchanged = false;
    if (recorded === undefined || !Buffer.from(recorded.digest).equals(folded.digest)) changed.add(folder);
    states.set(folder, folded);
    state.set(folderName(folder.path), folded);
  }
  const top = states.get((work[0] as Work).folder) as FolderState;
  const digest = Buffer.from(top.digest).toString('hex') as Digest;
  return {
    artifact: { kind: 'folder', digest, sizeBytes: top.sizeBytes, files: top.files, executable: false },
    state,
    unchanged: isUnchanged,
  };
}

function foldFolder(
  { folder, recorded, digests }: Work,
  states: ReadonlyMap<ScannedFolder, FolderState>,
  startedMs: number,
): FolderState {
  const known = digests ?? new Uint8Array(folder.names.length * DIGEST_BYTES);
  if (digests === null) takeRecorded(folder, recorded, known);
  for (const [index, digest] of folder.keptLinks) known.set(Buffer.from(digest, 'hex'), index * DIGEST_BYTES);
  let sizeBytes = 0;
  let files = 0;
  for (const [index, child] of folder.folders) {
    const childState = states.get(child) as FolderState;
    known.set(childState.digest, index * DIGEST_BYTES);
    sizeBytes += childState.sizeBytes;
    files += childState.files;
  }
  const trusted: number[] = [];
  let ownFiles = 0;
  for (const [i, kind] of folder.kinds.entries()) {
    if (kind === 'folder' || kind === 'link') continue;
    sizeBytes += folder.sizes[i] as number;
    ownFiles++;
    if ((folder.settledMs[i] as number) < startedMs) trusted.push(i);
  }
  const rows = rowsOf(folder, known, trusted);
  const count = trusted.length === ownFiles ? folder.names.length : -1;
  return {
    a: folder.a,
    b: folder.b,
    count,
    sizeBytes,
    files: files + ownFiles,
    digest: Buffer.from(listingDigest(folder, known), 'hex'),
    ...rows,
  };
}

function rowsOf(
  folder: ScannedFolder,
  digests: Uint8Array,
  trusted: readonly number[],
): Pick<FolderState, 'rowHashes' | 'rowDigests'> {
  const rowHashes = new Float64Array(trusted.length * 2);
  const rowDigests = new Uint8Array(trusted.length * DIGEST_BYTES);
  for (const [row, i] of trusted.entries()) {
    rowHashes.set(folder.hashes.subarray(i * 2, i * 2 + 2), row * 2);
    rowDigests.set(digests.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES), row * DIGEST_BYTES);
  }
  return { rowHashes, rowDigests };
}

function listingDigest(folder: ScannedFolder, digests: Uint8Array): Digest {
  const bytes = Buffer.from(digests.buffer);
  let text = '';
  for (const [i, kind] of folder.kinds.entries()) {
    text += listingLine(
      kind,
      bytes.toString('hex', i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES),
      folder.names[i] as string,
    );
  }
  return digestText(text);
}
