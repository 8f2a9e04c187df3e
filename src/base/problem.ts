/**
 * A problem a user can mend, as data.
 *
 * Text for a person and JSON for a program are both rendered from this record and nowhere else. `code` is stable and
 * listed in `problem-codes.ts`.
 */
import type { ProblemCode } from './problem-codes.ts';

/** A place in a file the user wrote. Lines and columns count from 1; `length` is in characters, for the caret line. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length?: number;
}

export interface Problem {
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  /** Lower case, no final period: what was found, quoted in backticks, and what is wrong with it. */
  readonly message: string;
  readonly at?: Location;
  /** A second place that matters, when two disagree. */
  readonly related?: { readonly at: Location; readonly message: string };
  /** What would have been accepted. */
  readonly expected?: string;
  /** One fix that can be pasted. */
  readonly hint?: string;
  readonly stage?: string;
  readonly experiment?: string;
  readonly path?: string;
}

export type ProblemDetails = Omit<Problem, 'code' | 'severity' | 'message'>;

export function problem(code: ProblemCode, message: string, details: ProblemDetails = {}): Problem {
  return { code, severity: 'error', message, ...details };
}

export function warning(code: ProblemCode, message: string, details: ProblemDetails = {}): Problem {
  return { code, severity: 'warning', message, ...details };
}

/** Carries problems out of a command to `main`, which prints them. Thrown only in `cli/` and in command verbs. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems.map((each) => `${each.code}: ${each.message}`).join('\n'));
    this.name = 'ProblemError';
    this.problems = problems;
  }
}
