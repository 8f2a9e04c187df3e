/** Errors of the file system, met where no module answers for them, as problems: a full disk is no bug of this program. */
import { type Problem, ProblemError } from '../base/problem.ts';
import { storeProblem } from '../store/store-problem.ts';

/** @returns null for errors that are not the file system's: those are bugs and must surface. */
export function diskProblems(error: unknown): readonly Problem[] | null {
  if (error instanceof ProblemError) return error.problems;
  if (!(error instanceof Error) || !('syscall' in error)) return null;
  return [storeProblem((error as NodeJS.ErrnoException).path ?? 'the project', error)];
}
