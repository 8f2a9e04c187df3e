/**
 * Puts inputs into a private place as true folders and files, never as links to where they lie.
 *
 * A program that finds out where its own file really is (Node and Python do) would follow a link back into the project and
 * read there what it did not declare, of another experiment. And many programs pass over links (`find -type f`, `cp -r`).
 *
 * Copies, which cost nothing where the file system can clone, and never hard links: a command could write through one into
 * the user's own file, and making one changes the times of the file in the project (a result in place is the same file as
 * its object in the store), so that both that input and that object would have to be read again, twice in each run.
 */
import fs from 'node:fs';
import path from 'node:path';
import { digestBytes } from '../base/digest.ts';
import type { ProjectPath } from '../base/paths.ts';
import type { IgnoreRule } from '../config/ignore.ts';
import { linkMeaning } from '../inputs/links.ts';
import { exists } from './workspace.ts';

export interface InputTree {
  /** Absolute path of the project. */
  readonly project: string;
  /** The folder in it. */
  readonly folder: ProjectPath;
  /** The rule it is read with: what does not count is not placed. */
  readonly ignore: IgnoreRule;
  /** Mixed: the names of a folder are made in another order than they are listed in; some file systems list them so. */
  readonly order?: 'listed' | 'mixed';
}

/** What is at `to` already stays. */
export function placeTree({ project, folder, ignore, order = 'listed' }: InputTree, to: string): void {
  const realProject = fs.realpathSync.native(project);
  const tree = fs.realpathSync.native(path.join(project, folder));
  placeFolder(tree, folder, to);

  function placeFolder(from: string, shown: ProjectPath, place: string): void {
    fs.mkdirSync(place, { recursive: true });
    const entries = fs.readdirSync(from, { withFileTypes: true });
    if (order === 'mixed') entries.sort((a, b) => (digestBytes(a.name) < digestBytes(b.name) ? -1 : 1));
    for (const entry of entries) {
      const inner = `${from}/${entry.name}`;
      const innerShown = path.posix.join(shown, entry.name) as ProjectPath;
      const innerPlace = `${place}/${entry.name}`;
      if (entry.isSymbolicLink()) placeLink(inner, innerShown, innerPlace);
      else if (ignore(innerShown, entry.isDirectory())) continue;
      else if (entry.isDirectory()) placeFolder(inner, innerShown, innerPlace);
      else if (entry.isFile()) placeFile(inner, innerPlace);
    }
  }

  /** As the digest sees it: a link inside the tree is content, any other is what it leads to. */
  function placeLink(link: string, shown: ProjectPath, place: string): void {
    const text = fs.readlinkSync(link);
    const meaning = linkMeaning(path.dirname(link), text, tree, realProject);
    const isFolder = meaning.kind === 'followed' && meaning.stats.isDirectory();
    if (ignore(shown, isFolder)) return;
    if (meaning.kind === 'kept') {
      if (!exists(place)) fs.symlinkSync(text, place);
    } else if (meaning.kind === 'followed') {
      if (isFolder) placeFolder(meaning.real, shown, place);
      else placeFile(meaning.real, place);
    }
  }
}

/** What is at `place` already stays. */
export function placeFile(file: string, place: string): void {
  if (exists(place)) return;
  fs.mkdirSync(path.dirname(place), { recursive: true });
  fs.copyFileSync(file, place, fs.constants.COPYFILE_FICLONE);
}
