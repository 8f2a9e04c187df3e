/** Reads `constraints:`, such as `{ params: { max: 100000 } }`, and finds what no model could keep. */
import { isJsonObject, type Json } from '../../../src/base/json.ts';
import { fail, ok, type Result } from '../../../src/base/result.ts';
import { CONSTRAINED, type Constrained, type Constraints, type Limit } from './constraints.ts';
import { hintOf, onlyFields, type SpaceProblem, written } from './space-problem.ts';

/** @returns the limits by name, or every problem in them. */
export function parseConstraints(spec: Json): Result<Constraints, readonly SpaceProblem[]> {
  const problems: SpaceProblem[] = [];
  const limits: Partial<Record<Constrained, Limit>> = {};
  const refuse = (at: readonly string[], message: string, hint: string) =>
    problems.push({ code: 'E1012', at: ['constraints', ...at], message, hint });

  if (!isJsonObject(spec)) {
    refuse(
      [],
      `\`constraints\` is ${written(spec)}, expected limits by name`,
      'constraints: { params: { max: 100000 } }',
    );
    return fail(problems);
  }
  for (const [name, limit] of Object.entries(spec)) {
    if (!(CONSTRAINED as readonly string[]).includes(name)) {
      refuse([name], `\`${name}\` cannot be limited`, hintOf(name, CONSTRAINED));
      continue;
    }
    if (!isJsonObject(limit) || Object.keys(limit).length === 0) {
      refuse(
        [name],
        `the limit of \`${name}\` is ${written(limit)}, expected \`max\` or \`min\``,
        `${name}: { max: 100000 }`,
      );
      continue;
    }
    if (!onlyFields(limit, ['min', 'max'], ['constraints', name], (problem) => problems.push(problem))) continue;
    const { min = 0, max = Infinity } = limit;
    if (typeof min !== 'number' || typeof max !== 'number') {
      refuse([name], `the limit of \`${name}\` is ${written(limit)}, expected numbers`, `${name}: { max: 100000 }`);
    } else if (max <= 0) {
      refuse([name, 'max'], `no model has ${max} or fewer \`${name}\``, `${name}: { max: 100000 }`);
    } else if (min > max) {
      refuse(
        [name],
        `\`${name}\` would have to be ${min} or more and ${max} or fewer`,
        `${name}: { min: ${max}, max: ${min} }`,
      );
    } else {
      limits[name as Constrained] = { min, max };
    }
  }
  return problems.length > 0 ? fail(problems) : ok(limits);
}
