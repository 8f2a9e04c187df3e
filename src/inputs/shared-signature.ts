/** The signature of a large tree, by several threads: the same numbers as `treeSignature` gives, sooner. */
import { lstatSync, readdirSync } from 'node:fs';
import type { ScanPool } from './scan-pool.ts';
import { CANNOT_SIGN, newClaim, type ScanTask, SIGNATURE_FIELDS, sharedNumbers } from './scan-task.ts';
import { addSignatures, type Signature, signFolderAlone, treeSignature } from './signature.ts';

/** Entries of one folder that a thread takes at a time. */
const NAMES_A_TASK = 2000;
/** Folders are opened by this thread until there are this many to share. */
const ENOUGH_FOLDERS = 32;

/** Worth it from about 20,000 entries on (`SHARE_FROM_ENTRIES`). Counts everything: there is no ignore rule. */
export function sharedTreeSignature(absolutePath: string, pool: ScanPool): Signature {
  if (pool.threads === 1) return treeSignature(absolutePath, null);
  try {
    if (!lstatSync(absolutePath).isDirectory()) return treeSignature(absolutePath, null);
    return signShared(absolutePath, pool) ?? treeSignature(absolutePath, null);
  } catch {
    return treeSignature(absolutePath, null);
  }
}

/** Null when the parts do not add up to the whole (links lead to folders elsewhere) or something could not be looked at. */
function signShared(top: string, pool: ScanPool): Signature | null {
  let whole: Signature = { count: 0, a: 0, b: 0, settledMs: 0 };
  const tasks: SignTask[] = [];
  const folders = [top];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    if (folder !== top && folders.length >= ENOUGH_FOLDERS) {
      const at = folder.lastIndexOf('/');
      tasks.push(newTask(top, folder.slice(0, at), folder.slice(at + 1)));
      continue;
    }
    if (folder !== top) whole = addSignatures(whole, signFolderAlone(top, folder));
    const others: string[] = [];
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) folders.push(`${folder}/${entry.name}`);
      else others.push(entry.name);
    }
    for (let from = 0; from < others.length; from += NAMES_A_TASK) {
      tasks.push(newTask(top, folder, others.slice(from, from + NAMES_A_TASK).join('/')));
    }
  }
  pool.share(tasks);
  for (const { sums } of tasks) {
    const [count = 0, a = 0, b = 0, settledMs = 0, followed = 0] = sums;
    if (count === CANNOT_SIGN || followed === 1) return null;
    whole = addSignatures(whole, { count, a, b, settledMs });
  }
  return whole;
}

type SignTask = ScanTask & { readonly kind: 'sign' };

function newTask(top: string, folder: string, names: string): SignTask {
  return { kind: 'sign', claim: newClaim(), top, folder, names, sums: sharedNumbers(SIGNATURE_FIELDS) };
}
