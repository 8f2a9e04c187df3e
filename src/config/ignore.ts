/**
 * `.pipeignore`: files the runner does not see inside the folders it reads. Patterns as in `.gitignore`.
 *
 * A file of patterns counts where it lies: `data/.pipeignore` speaks of paths in `data`. `.dvcignore` counts the same way
 * when the pipeline is a dvc.yaml. What belongs to the runner or to Git is never seen.
 */
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { type ProjectPath, ROOT } from '../base/paths.ts';
import { isHidden } from './own-places.ts';
import { diskWorld, type World } from './world.ts';

export type IgnoreRule = (path: ProjectPath, isFolder: boolean) => boolean;

const FILES = { pipe: ['.pipeignore'], dvc: ['.dvcignore', '.pipeignore'] } as const;

interface FolderPatterns {
  readonly folder: string;
  readonly patterns: Ignore;
}

/**
 * Reads the patterns of a folder when something in it is first asked about.
 *
 * The rule is for walking from the top down: nothing inside an ignored folder comes back, as in Git. Where no folder above
 * a path has patterns, which is usual, the answer costs one look-up.
 */
export function loadIgnore(root: string, dialect: 'pipe' | 'dvc', world: World = diskWorld): IgnoreRule {
  /** For each folder the patterns that count in it, those of the project first. */
  const chains = new Map<string, readonly FolderPatterns[]>();

  function chainOf(folder: string): readonly FolderPatterns[] {
    const known = chains.get(folder);
    if (known !== undefined) return known;
    const above = folder === ROOT ? [] : chainOf(parentOf(folder));
    const text = FILES[dialect].map((name) => readPatterns(world, path.join(root, folder, name))).join('\n');
    const chain = text.trim() === '' ? above : [...above, { folder, patterns: ignore().add(text) }];
    chains.set(folder, chain);
    return chain;
  }

  return (target, isFolder) => {
    if (target === ROOT) return false;
    if (isHidden(target, dialect)) return true;
    let ignored = false;
    // The nearest folder that says anything about the path decides, so it can take back what one above it says.
    for (const { folder, patterns } of chainOf(parentOf(target))) {
      const inFolder = folder === ROOT ? target : target.slice(folder.length + 1);
      const verdict = patterns.test(isFolder ? `${inFolder}/` : inFolder);
      if (verdict.ignored) ignored = true;
      else if (verdict.unignored) ignored = false;
    }
    return ignored;
  };
}

function parentOf(target: string): string {
  const slash = target.lastIndexOf('/');
  return slash < 0 ? ROOT : target.slice(0, slash);
}

function readPatterns(world: World, file: string): string {
  const found = world.readText(file);
  return found.kind === 'text' ? found.text : '';
}

/** Where the patterns that count for something at a path may lie, not counting those inside it. */
export function ignoreFilesAbove(target: ProjectPath, dialect: 'pipe' | 'dvc'): ProjectPath[] {
  const files: ProjectPath[] = [];
  for (let folder = parentOf(target); ; folder = parentOf(folder)) {
    for (const name of FILES[dialect]) files.push((folder === ROOT ? name : `${folder}/${name}`) as ProjectPath);
    if (folder === ROOT) return files;
  }
}
