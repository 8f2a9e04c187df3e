/** Which nodes a stage that varies the params of stages before it may have run again. Pure. */
import type { Node, Plan } from './graph.ts';
import { withProducers } from './selection.ts';

/** The nodes from each reached one down to the stage, itself left out, in plan order. */
export function reachedNodes(plan: Plan, node: Node): readonly Node[] {
  const names = node.stage.reaches;
  if (names === undefined || names.length === 0) return [];
  const affected = new Set<number>();
  for (const index of withProducers(plan, [node.index])) {
    const each = plan.nodes[index];
    if (each === undefined || index === node.index) continue;
    if (names.includes(each.stage.name) || each.producers.some((producer) => affected.has(producer)))
      affected.add(index);
  }
  return [...affected].map((index) => plan.nodes[index] as Node);
}
