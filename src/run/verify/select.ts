/** Which stages a verification is about. */
import { randomInt } from 'node:crypto';
import type { Problem } from '../../base/problem.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Node, Plan } from '../../plan/graph.ts';
import { selectNodes } from '../../plan/selection.ts';
import type { VerifyMode } from './verification.ts';

/**
 * Without targets: all. The lock is checked for the targets and all they need; only the targets are run.
 *
 * @param sample  take so many of them by chance; null: all. Another choice each time, so that in the end each is looked at.
 */
export function selectToVerify(
  plan: Plan,
  mode: VerifyMode,
  targets: readonly string[],
  sample: number | null,
): Result<readonly Node[], readonly Problem[]> {
  const selected = selectNodes(plan, targets, mode !== 'locked');
  if (!selected.ok) return selected;
  const nodes = plan.nodes.filter((node) => selected.value.has(node.index));
  if (mode === 'locked') return ok(nodes);
  const toRun = nodes.filter((node) => !node.stage.frozen);
  return ok(sample === null ? toRun : drawn(toRun, sample));
}

/** In the order of the plan: producers first. */
function drawn(nodes: readonly Node[], count: number): readonly Node[] {
  const left = [...nodes];
  while (left.length > count) left.splice(randomInt(left.length), 1);
  return left;
}
