/** esbuild's messages as problems of this project: its place in characters, its cause in a code, a hint where one is known. */
import path from 'node:path';
import type { Message } from 'esbuild';
import { type Location, type Problem, problem } from '../base/problem.ts';
import { type CodeSite, isInside } from './module-name.ts';

export function missingEntry(site: CodeSite, entry: string): Problem {
  const file = displayPath(site, entry);
  return problem('E0711', `the stage's entry \`${file}\` does not exist`, { path: file });
}

/**
 * @param prefixLengths  bytes the bundler put before the first line of files.
 * @returns              null when the error is not one of esbuild's: then it is a bug.
 */
export function buildProblem(
  site: CodeSite,
  error: unknown,
  prefixLengths: ReadonlyMap<string, number>,
): Problem | null {
  const first = isBuildFailure(error) ? error.errors[0] : undefined;
  if (first === undefined) return null;
  const at = locate(site, first, prefixLengths);
  const place = at === undefined ? {} : { at, path: at.file };
  const unresolved = /^Could not resolve (".*")/.exec(first.text)?.[1];
  if (unresolved !== undefined) {
    const name = JSON.parse(unresolved) as string;
    const hint = /^[./]/.test(name) ? {} : { hint: `npm install ${packageName(name)}` };
    return problem('E0711', `\`${name}\` cannot be found from the code that imports it`, { ...place, ...hint });
  }
  if (/^No loader is configured/.test(first.text)) {
    const hint = "open it with `new URL('./file', import.meta.url)` instead of importing it";
    return problem('E0712', 'a file of this kind cannot be imported', { ...place, hint });
  }
  return problem('E0710', `the code of the stage cannot be read: ${lowerFirst(first.text)}`, place);
}

/** Relative to the project where the file is in it. */
export function displayPath(site: Pick<CodeSite, 'root'>, file: string): string {
  return isInside(site.root, file) ? path.relative(site.root, file).split(path.sep).join('/') : file;
}

function locate(site: CodeSite, message: Message, prefixLengths: ReadonlyMap<string, number>): Location | undefined {
  if (message.location === null) return undefined;
  const { file, line, column, length, lineText } = message.location;
  const absolute = path.resolve(site.root, file);
  const prefix = line === 1 ? (prefixLengths.get(absolute) ?? 0) : 0;
  const bytes = Buffer.from(lineText).subarray(prefix);
  const start = Math.max(0, column - prefix);
  const before = bytes.subarray(0, start).toString('utf8').length;
  const marked = bytes.subarray(start, start + length).toString('utf8').length;
  return { file: displayPath(site, absolute), line, column: before + 1, length: Math.max(1, marked) };
}

function isBuildFailure(error: unknown): error is { errors: Message[] } {
  return error instanceof Error && Array.isArray((error as { errors?: unknown }).errors);
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}
