/** What can be wrong with a space, as data. */
import { didYouMean } from '../../../src/base/did-you-mean.ts';
import type { Json } from '../../../src/base/json.ts';
import type { ProblemCode } from '../../../src/base/problem-codes.ts';

/** Something in a space a user can mend. */
export interface SpaceProblem {
  readonly code: ProblemCode;
  /** Keys from the params of the search down to the place, such as `['space', 'optimizer.name', 'choice']`. */
  readonly at: readonly string[];
  readonly message: string;
  readonly hint: string;
}

/** Takes problems while a space is read, so that all of them can be told at once. */
export type Report = (problem: SpaceProblem) => void;

/** A value as it would be written. */
export function written(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** The near name, or the list of all. */
export function hintOf(name: string, known: readonly string[]): string {
  return didYouMean(name, known) ?? `use one of ${known.map((each) => `\`${each}\``).join(', ')}`;
}

/** Reports fields that do not exist. @returns whether all do. */
export function onlyFields(
  object: Readonly<Record<string, Json>>,
  allowed: readonly string[],
  at: readonly string[],
  report: Report,
): boolean {
  const unknown = Object.keys(object).filter((name) => !allowed.includes(name));
  for (const name of unknown) {
    report({
      code: 'E1001',
      at: [...at, name],
      message: `\`${at.at(-1)}\` has no field \`${name}\``,
      hint: hintOf(name, allowed),
    });
  }
  return unknown.length === 0;
}
