/**
 * Which places in the project are outputs of runs, and which hold files of the user.
 *
 * A journal in `cache/state`: a path is written down before the first command that makes it starts, so that what a killed
 * command left half-written is known to be ours. With the journal lost, the committed lock still tells.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { ProjectPath } from '../base/paths.ts';

export interface OwnedPaths {
  has(path: ProjectPath): boolean;
  /** On disk when it returns. */
  add(paths: readonly ProjectPath[]): void;
}

export function openOwnedPaths(stateFolder: string): OwnedPaths {
  const journal = path.join(stateFolder, 'owned-paths');
  let owned = new Set(readJournal(journal));
  return {
    has(each) {
      // Another run may have written it down since: one that was killed, perhaps, and whose place this run takes.
      if (!owned.has(each)) owned = new Set([...owned, ...readJournal(journal)]);
      return owned.has(each);
    },
    add(paths) {
      const fresh = paths.filter((each) => !owned.has(each));
      if (fresh.length === 0) return;
      for (const each of fresh) owned.add(each);
      fs.mkdirSync(stateFolder, { recursive: true });
      // One short append: whole or absent after a kill. A leading line end repairs a line that another kill cut off.
      fs.appendFileSync(journal, `\n${fresh.map((each) => JSON.stringify(each)).join('\n')}\n`);
    },
  };
}

function readJournal(journal: string): ProjectPath[] {
  let text: string;
  try {
    text = fs.readFileSync(journal, 'utf8');
  } catch {
    return [];
  }
  const paths: ProjectPath[] = [];
  for (const line of text.split('\n')) {
    try {
      if (line !== '') paths.push(JSON.parse(line) as ProjectPath);
    } catch {
      // A line cut off by a kill: its command never started.
    }
  }
  return paths;
}
