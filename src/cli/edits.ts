/**
 * Notices edits of the paths it is told, also of such that do not exist yet, are removed and made anew, or are replaced by
 * another file of that name, as many editors do.
 *
 * Beside each path its folder is watched: a file that is replaced takes its own watch with it. What runs write themselves
 * is no edit.
 */
import fs from 'node:fs';
import path from 'node:path';
import { isLockPlace } from '../config/own-places.ts';

export interface Edits {
  /** Absolute paths, besides those of earlier calls. Resolves once edits of the first ones are noticed. */
  watch(paths: readonly string[]): Promise<void>;
  /** Resolves at the next edit, at once when one came since the last call, or when the signal aborts. */
  next(signal: AbortSignal): Promise<void>;
  /** Calls back at each edit until unlistened. */
  listen(onEdit: () => void): () => void;
  close(): Promise<void>;
}

/** Editors write a file in several steps; what comes within this time is one edit. */
const SETTLE_MS = 100;

/** @param onTrouble called once, with the first error of watching: without it one file too many would end the program. */
export async function openEdits(root: string, onTrouble: (error: unknown) => void): Promise<Edits> {
  const chokidar = await import('chokidar');
  /** What is watched, and the folders on the way to it. */
  const wanted = new Set<string>();
  const onTheWay = new Set<string>();
  const watcher = new chokidar.FSWatcher({
    ignoreInitial: true,
    ignored: (file) => isOwn(root, file) || !(onTheWay.has(file) || foldersOf(file).some((each) => wanted.has(each))),
  });
  const ready = new Promise<void>((resolve) => void watcher.once('ready', resolve));
  const listeners = new Set<() => void>();
  let pending = false;
  let isTold = false;
  watcher.on('error', (error) => {
    if (!isTold) onTrouble(error);
    isTold = true;
  });
  let timer: NodeJS.Timeout | null = null;
  watcher.on('all', () => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      pending = true;
      for (const each of listeners) each();
    }, SETTLE_MS);
  });
  return {
    async watch(paths) {
      for (const each of paths) {
        if (wanted.has(each)) continue;
        wanted.add(each);
        const folder = nearestFolder(path.dirname(each));
        for (const above of foldersOf(path.dirname(each))) if (isWithin(above, folder)) onTheWay.add(above);
        watcher.add([folder, each].filter((file) => fs.existsSync(file)));
      }
      if (wanted.size > 0) await ready;
    },
    async next(signal) {
      if (!pending) {
        await new Promise<void>((resolve) => {
          const done = () => {
            listeners.delete(done);
            resolve();
          };
          listeners.add(done);
          signal.addEventListener('abort', done, { once: true });
        });
      }
      pending = false;
    },
    listen(onEdit) {
      listeners.add(onEdit);
      return () => listeners.delete(onEdit);
    },
    async close() {
      if (timer !== null) clearTimeout(timer);
      await watcher.close();
    },
  };
}

function nearestFolder(folder: string): string {
  return fs.existsSync(folder) ? folder : nearestFolder(path.dirname(folder));
}

/** The path itself and every folder it lies in. */
function foldersOf(file: string): string[] {
  const folders = [file];
  for (let folder = path.dirname(file); folder !== folders.at(-1); folder = path.dirname(folder)) folders.push(folder);
  return folders;
}

function isWithin(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}${path.sep}`);
}

function isOwn(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return /^(?:cache|artifacts|node_modules|\.git)(?:$|\/)/.test(relative) || isLockPlace(relative);
}
