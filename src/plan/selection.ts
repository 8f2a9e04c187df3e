/** Which nodes a command is about: targets named by the user, and what they need. */
import { closest } from '../base/did-you-mean.ts';
import { projectPath } from '../base/paths.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Node, Plan } from './graph.ts';
import { outputLocation } from './locations.ts';

/**
 * A target is a stage, a group of stages made by `foreach` or `matrix`, or the path of an output.
 *
 * @param only  true: just the named stages; false: all they need as well. No targets: everything.
 */
export function selectNodes(
  plan: Plan,
  targets: readonly string[],
  only: boolean,
): Result<ReadonlySet<number>, readonly Problem[]> {
  if (targets.length === 0) return ok(new Set(plan.nodes.map((node) => node.index)));
  const byName = new Map<string, Set<Node>>();
  const add = (name: string, node: Node) => {
    const nodes = byName.get(name);
    if (nodes === undefined) byName.set(name, new Set([node]));
    else nodes.add(node);
  };
  for (const node of plan.nodes) {
    add(node.stage.name, node);
    add(node.stage.group, node);
    for (const output of node.stage.outs) add(outputLocation(node.experiment, node.stage, output), node);
  }
  const problems: Problem[] = [];
  const chosen = new Set<number>();
  for (const target of targets) {
    const asPath = projectPath(target);
    const found = byName.get(target) ?? (asPath.ok ? byName.get(asPath.value) : undefined);
    if (found === undefined) problems.push(unknownTarget(target, byName.keys()));
    else for (const node of found) chosen.add(node.index);
  }
  if (problems.length > 0) return fail(problems);
  return ok(only ? inPlanOrder(chosen) : withProducers(plan, chosen));
}

/** The chosen nodes and all they need, directly or through others. */
export function withProducers(plan: Plan, chosen: Iterable<number>): ReadonlySet<number> {
  const needed = new Set(chosen);
  for (const index of needed) for (const producer of (plan.nodes[index] as Node).producers) needed.add(producer);
  return inPlanOrder(needed);
}

function inPlanOrder(nodes: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...nodes].sort((a, b) => a - b));
}

function unknownTarget(target: string, names: Iterable<string>): Problem {
  const known = [...names];
  const near = closest(target, known);
  return problem('E0411', `no stage and no output is called \`${target}\``, {
    expected: `one of ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', …' : ''}`,
    ...(near === null ? {} : { hint: `did you mean \`${near}\`?` }),
  });
}
