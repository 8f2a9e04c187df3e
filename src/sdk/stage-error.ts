/**
 * How a stage says that its input or its params cannot be used.
 *
 * A StageError is an expected failure: the runner shows its text and hint and no stack. Anything else a stage throws is
 * taken for a bug in the stage and shown with its stack.
 */
import type { ProblemCode } from '../base/problem-codes.ts';

export class StageError extends Error {
  /** One fix that can be pasted. */
  readonly hint: string | undefined;
  /** Set by the built-in stages; a stage of a project needs none. */
  readonly code: ProblemCode | undefined;
  /** Which of the stage's params is meant, as keys from `with` on: shown at its line of the pipeline file. */
  readonly param: readonly string[] | undefined;

  /**
   * @param message  lower case, no final period: what was found and what was expected.
   */
  constructor(message: string, details: StageErrorDetails = {}) {
    super(message);
    this.name = 'StageError';
    this.hint = details.hint;
    this.code = details.code;
    this.param = details.param;
  }
}

export interface StageErrorDetails {
  readonly hint?: string;
  readonly code?: ProblemCode;
  readonly param?: readonly string[];
}
