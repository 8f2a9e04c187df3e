/**
 * Paths inside the project.
 *
 * Everything the runner declares, stores or compares is a path relative to the project root with forward slashes. A path
 * that would leave the project is refused here, once, so that no later step has to ask.
 */
import path from 'node:path';
import { fail, ok, type Result } from './result.ts';

/** Relative to the project root, forward slashes, normalised, inside the project. `.` is the root itself. */
export type ProjectPath = string & { readonly brand: 'project path' };

export type PathFault = 'absolute' | 'outside' | 'empty' | 'nul';

/**
 * Reads a path a user wrote.
 *
 * @param raw   as written, relative to `base`.
 * @param base  the folder it is relative to (a stage's `wdir`), itself a project path.
 */
export function projectPath(raw: string, base: ProjectPath = ROOT): Result<ProjectPath, PathFault> {
  if (raw === '') return fail('empty');
  if (raw.includes('\0')) return fail('nul');
  if (path.posix.isAbsolute(raw) || path.win32.isAbsolute(raw)) return fail('absolute');
  const joined = path.posix.normalize(path.posix.join(base, raw)).replace(/\/+$/, '');
  if (joined === '..' || joined.startsWith('../')) return fail('outside');
  return ok((joined === '' ? '.' : joined) as ProjectPath);
}

export const ROOT = '.' as ProjectPath;

/** True when `inner` lies in the folder `outer`, or is it. Compares segments: `data2` is not in `data`. */
export function isWithin(inner: ProjectPath, outer: ProjectPath): boolean {
  return outer === ROOT || inner === outer || inner.startsWith(`${outer}/`);
}
