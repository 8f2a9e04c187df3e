/**
 * How a stage says that its input or its params cannot be used.
 *
 * A StageError is an expected failure: the runner shows its text and hint and no stack. Anything else a stage throws is
 * taken for a bug in the stage and shown with its stack.
 */
import type { ProblemCode } from '../base/problem-codes.ts';
import type { HostMessage } from './protocol.ts';

type Failure = Extract<HostMessage, { type: 'failed' }>['error'];

export class StageError extends Error {
  /** One fix that can be pasted. */
  readonly hint: string | undefined;
  /** Set by the built-in stages; a stage of a project needs none. */
  readonly code: ProblemCode | undefined;

  /**
   * @param message  lower case, no final period: what was found and what was expected.
   */
  constructor(message: string, details: { readonly hint?: string; readonly code?: ProblemCode } = {}) {
    super(message);
    this.name = 'StageError';
    this.hint = details.hint;
    this.code = details.code;
  }
}

/** What a host sends when a stage threw. `name` is the code of a StageError that has one, else `StageError`. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof StageError) {
    const hint = thrown.hint === undefined ? {} : { hint: thrown.hint };
    return { name: thrown.code ?? thrown.name, message: thrown.message, ...hint };
  }
  if (thrown instanceof Error) {
    const stack = thrown.stack === undefined ? {} : { stack: thrown.stack };
    return { name: thrown.name, message: thrown.message, ...stack };
  }
  return { name: 'Error', message: String(thrown) };
}
