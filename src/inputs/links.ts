/**
 * What a symbolic link means where content is digested.
 *
 * A relative link that stays in the tree being read is content itself: what it points at is in the tree and counts there.
 * Any other link is followed as long as it stays in the project, so that what it points at counts.
 */
import { lstatSync, realpathSync, type Stats } from 'node:fs';
import path from 'node:path';

export type LinkMeaning =
  | { readonly kind: 'kept' }
  | { readonly kind: 'followed'; readonly real: string; readonly stats: Stats }
  | { readonly kind: 'dangling' }
  | { readonly kind: 'circle' }
  | { readonly kind: 'outside'; readonly target: string };

/**
 * @param folder   real path of the folder that holds the link.
 * @param text     the link's target as written.
 * @param tree     real path of the folder being read.
 * @param project  real path of the project.
 * @throws         the file system's error, when the target cannot be looked at.
 */
export function linkMeaning(folder: string, text: string, tree: string, project: string): LinkMeaning {
  const lexical = path.resolve(folder, text);
  let real: string;
  try {
    real = realpathSync.native(lexical);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'dangling' };
    if (code === 'ELOOP') return { kind: 'circle' };
    throw error;
  }
  const staysInTree = [folder, lexical, real].every((each) => isInFolder(each, tree));
  if (!path.isAbsolute(text) && staysInTree) return { kind: 'kept' };
  if (!isInFolder(real, project)) return { kind: 'outside', target: real };
  return { kind: 'followed', real, stats: lstatSync(real) };
}

/** True when an absolute path is a folder or lies in it. */
export function isInFolder(inner: string, folder: string): boolean {
  return inner === folder || inner.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
