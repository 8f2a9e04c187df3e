/** Problems and differences as plain text, for places without a terminal's layout: JUnit, annotations, Markdown. */
import type { Problem } from '../../base/problem.ts';
import type { StageCheck } from '../../run/verify/verification.ts';

/** Code and message, what was expected, the hint: a line each. */
export function plainProblem({ code, message, expected, hint }: Problem): string {
  const parts = [`${code}: ${message}`];
  if (expected !== undefined) parts.push(`expected: ${expected}`);
  if (hint !== undefined) parts.push(`hint: ${hint}`);
  return parts.join('\n');
}

/** Each file that differs, and below it where. */
export function differenceLines({ differences }: StageCheck): string[] {
  return differences.map(({ output, file, how }) =>
    [file === '' ? output : `${output}/${file}`, ...how.map((line) => `  ${line}`)].join('\n'),
  );
}
