/** Puts dimensions in an order in which each comes after those its conditions name, and finds what can never take part. */
import { isPossible } from './parse-when.ts';
import type { Condition, Dimension } from './space.ts';
import type { Report } from './space-problem.ts';

interface Placed {
  readonly dimension: Dimension;
  /** Keys down to its `when`. */
  readonly at: readonly string[];
}

/** @returns all of them, by path as far as conditions allow; in part only when a circle was reported. */
export function orderDimensions(placed: readonly Placed[], report: Report): readonly Dimension[] {
  const byPath = new Map(placed.map((each) => [each.dimension.path, each]));
  const ordered = new Set<Dimension>();
  const circular = new Set<string>();

  function visit({ dimension, at }: Placed, trail: readonly string[]): void {
    if (ordered.has(dimension) || circular.has(dimension.path)) return;
    if (trail.includes(dimension.path)) {
      const circle = [...trail.slice(trail.indexOf(dimension.path)), dimension.path];
      for (const path of circle) circular.add(path);
      const message =
        circle.length === 2
          ? `the condition of \`${dimension.path}\` is on itself`
          : `conditions go in a circle: ${circle.map((path) => `\`${path}\``).join(' -> ')}`;
      report({ code: 'E1008', at, message, hint: `leave \`when\` of \`${dimension.path}\` out` });
      return;
    }
    for (const { path } of dimension.when) {
      const next = byPath.get(path);
      if (next !== undefined) visit(next, [...trail, dimension.path]);
    }
    if (!circular.has(dimension.path)) ordered.add(dimension);
  }

  for (const each of placed.toSorted((a, b) => (a.dimension.path < b.dimension.path ? -1 : 1))) visit(each, []);
  if (circular.size === 0) for (const each of placed) reportImpossible(each, byPath, report);
  return [...ordered];
}

/** Each condition can hold by itself; here all that lead to a dimension are taken together. */
function reportImpossible({ dimension, at }: Placed, byPath: ReadonlyMap<string, Placed>, report: Report): void {
  const demands = new Map<string, Condition[]>();
  const collect = ({ when }: Dimension): void => {
    for (const condition of when) {
      demands.set(condition.path, [...(demands.get(condition.path) ?? []), condition]);
      const target = byPath.get(condition.path);
      if (target !== undefined) collect(target.dimension);
    }
  };
  collect(dimension);
  for (const [path, conditions] of demands) {
    const target = byPath.get(path)?.dimension;
    if (target === undefined || isPossible(conditions, target)) continue;
    report({
      code: 'E1009',
      at,
      message: `\`${dimension.path}\` never takes part: no value of \`${path}\` fulfils all conditions that lead to it`,
      hint: `leave the condition on \`${path}\` out`,
    });
    return;
  }
}
