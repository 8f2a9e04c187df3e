/**
 * Puts a folder into a private place, entry by entry.
 *
 * As true folders and files, not as one link: many programs pass over links (`find -type f`, `grep -r`, `cp -r`), and a
 * command must read the same in an experiment as in `main`. Bytes are shared where the file system can: clones, else hard
 * links, which a command writes through no more and no less than in `main`.
 */
import fs from 'node:fs';
import path from 'node:path';

/** What is at `to` already stays. */
export function placeTree(from: string, to: string): void {
  const root = fs.realpathSync(from);
  let share: (file: string, place: string) => void = clone;
  placeFolder(root, to);

  function placeFolder(folder: string, place: string): void {
    fs.mkdirSync(place, { recursive: true });
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const inner = path.join(folder, entry.name);
      const target = path.join(place, entry.name);
      if (entry.isDirectory()) placeFolder(inner, target);
      else if (fs.lstatSync(target, { throwIfNoEntry: false }) !== undefined) continue;
      else if (entry.isSymbolicLink()) fs.symlinkSync(linkText(inner), target);
      else if (entry.isFile()) placeFile(inner, target);
    }
  }

  function placeFile(file: string, place: string): void {
    try {
      share(file, place);
    } catch (error) {
      if (share === copy) throw error;
      share = share === clone ? fs.linkSync : copy;
      placeFile(file, place);
    }
  }

  /** A link that stays in the folder is the same link in the private one; any other leads where it led. */
  function linkText(link: string): string {
    const text = fs.readlinkSync(link);
    const target = path.resolve(path.dirname(link), text);
    return !path.isAbsolute(text) && target.startsWith(`${root}${path.sep}`) ? text : target;
  }
}

function clone(file: string, place: string): void {
  fs.copyFileSync(file, place, fs.constants.COPYFILE_FICLONE_FORCE);
}

function copy(file: string, place: string): void {
  fs.copyFileSync(file, place);
}
