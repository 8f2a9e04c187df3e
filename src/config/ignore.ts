/**
 * `.pipeignore`: files the runner does not see inside the folders it reads. Patterns as in `.gitignore`.
 *
 * Files of patterns count where they lie: `data/.pipeignore` speaks of paths in `data`. `.dvcignore` counts the same way
 * when the pipeline is a dvc.yaml.
 */
import fs from 'node:fs';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { type ProjectPath, ROOT } from '../base/paths.ts';

export type IgnoreRule = (path: ProjectPath, isFolder: boolean) => boolean;

const FILES = { pipe: ['.pipeignore'], dvc: ['.dvcignore', '.pipeignore'] } as const;

/** Never inputs, whatever the patterns say: Git's own data. */
const ALWAYS = ['.git/'];

/**
 * Reads patterns when a folder is first asked about.
 *
 * The rule is for walking from the top down: once a folder is ignored, nothing in it comes back, as in Git.
 */
export function loadIgnore(root: string, dialect: 'pipe' | 'dvc'): IgnoreRule {
  const rules = new Map<string, Ignore | null>();

  function rulesOf(folder: string): Ignore | null {
    const known = rules.get(folder);
    if (known !== undefined) return known;
    const texts = FILES[dialect]
      .map((name) => readPatterns(path.join(root, folder, name)))
      .filter((text) => text !== '');
    const patterns = folder === ROOT ? [...ALWAYS, ...texts] : texts;
    const made = patterns.length === 0 ? null : ignore().add(patterns.join('\n'));
    rules.set(folder, made);
    return made;
  }

  return (target, isFolder) => {
    if (target === ROOT) return false;
    // The nearest file that says anything about the path decides, so a folder can take back what one above it says.
    let ignored = false;
    for (const folder of foldersAbove(target)) {
      const here = rulesOf(folder);
      if (here === null) continue;
      const inFolder = folder === ROOT ? target : target.slice(folder.length + 1);
      const verdict = here.test(isFolder ? `${inFolder}/` : inFolder);
      if (verdict.ignored) ignored = true;
      else if (verdict.unignored) ignored = false;
    }
    return ignored;
  };
}

/** From the project down to the folder the path lies in. */
function foldersAbove(target: ProjectPath): readonly string[] {
  const folders: string[] = [ROOT];
  for (let slash = target.indexOf('/'); slash >= 0; slash = target.indexOf('/', slash + 1)) {
    folders.push(target.slice(0, slash));
  }
  return folders;
}

function readPatterns(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
