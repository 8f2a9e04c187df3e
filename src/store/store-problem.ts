/** The problems of keeping results: what the disk refused, and what outputs may not hold. */
import { type Problem, ProblemError, problem } from '../base/problem.ts';
import { shellWord } from '../inputs/input-problem.ts';

/** The disk, a quota, or a limit on the size of files is exhausted. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export function errnoOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}

/** An error of the file system as a problem. An error that is none of the file system's is a bug, and is thrown on. */
export function storeProblem(path: string, error: unknown): Problem {
  const code = errnoOf(error);
  if (code === undefined) throw error;
  if (FULL.has(code)) {
    return problem('E0601', `no space left to write \`${path}\` (${code})`, {
      path,
      expected: 'room for the results of this run',
      hint: 'pipe gc',
    });
  }
  return problem('E0602', `cannot store or read \`${path}\` (${code})`, {
    path,
    expected: 'a file system on which this user may read and write there',
    hint: `ls -ld ${shellWord(path)}`,
  });
}

/** Does something with the disk where the caller has no way to answer for a failure. @throws ProblemError */
export function orProblem<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError([storeProblem(path, error)]);
  }
}

/** @param why `is absolute`, `points to nothing` … */
export function outputLink(path: string, target: string, why: string): Problem {
  return problem('E0603', `link \`${path}\` in an output ${why}: its target is \`${target}\``, {
    path,
    expected: 'files, or relative links to what lies in the same output',
    hint: `cp -rL ${shellWord(path)} ${shellWord(`${path}.copy`)} && mv -T ${shellWord(`${path}.copy`)} ${shellWord(path)}`,
  });
}

export function stillWritten(path: string): Problem {
  return problem('E0604', `\`${path}\` changed while it was stored`, {
    path,
    expected: 'outputs that nothing writes to once their stage has ended',
    hint: `lsof ${shellWord(path)}`,
  });
}

/** @param processes their ids, or where they run. */
export function storeInUse(path: string, processes: readonly string[]): Problem {
  return problem('E0605', `the store is in use by ${processes.join(', ')}`, {
    path,
    expected: 'no other run, while what nobody needs is removed',
    hint: 'wait for the other run to end, then run the command again',
  });
}
