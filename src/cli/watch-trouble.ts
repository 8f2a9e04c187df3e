/** What keeps `pipe watch` from noticing edits, as a warning: it goes on with what it can watch. */
import { type Problem, warning } from '../base/problem.ts';

/** Errors of a system that watches no more files, or opens no more. */
const EXHAUSTED = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);

export function watchTrouble(error: unknown): Problem {
  const { code, path } = error as NodeJS.ErrnoException;
  const isExhausted = code !== undefined && EXHAUSTED.has(code);
  return warning(
    'E0909',
    `${path === undefined ? 'some files' : `\`${path}\``} cannot be watched (${code ?? String(error)})`,
    {
      ...(path === undefined ? {} : { path }),
      expected: 'a system that watches as many files as the pipeline reads; edits of this one are seen by the next run',
      hint: isExhausted ? 'sysctl fs.inotify.max_user_watches=524288' : 'pipe run   (after an edit)',
    },
  );
}
