/** A problem as plain text in one paragraph, for places without a terminal's layout: JUnit, annotations, Markdown. */
import type { Problem } from '../../base/problem.ts';

export function plainProblem({ code, message, expected, hint }: Problem): string {
  const parts = [`${code}: ${message}`];
  if (expected !== undefined) parts.push(`expected: ${expected}`);
  if (hint !== undefined) parts.push(`hint: ${hint}`);
  return parts.join('\n');
}
