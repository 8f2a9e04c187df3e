/** Behind "a producer has to run or to be put back": which stages upstream have a reason of their own. */
import type { Reason } from '../decide/reason.ts';
import { type Evaluation, hidesInputs } from './evaluate.ts';
import type { Session } from './session.ts';

export interface Cause {
  readonly stage: string;
  readonly reasons: readonly Reason[];
}

export function findCauses(
  session: Pick<Session, 'plan'>,
  evaluations: ReadonlyMap<number, Evaluation>,
  index: number,
): Cause[] {
  const { plan } = session;
  const causes = new Map<number, Cause>();
  const behind = new Set([index]);
  for (const each of behind) {
    const consumer = plan.nodes[each];
    if (consumer === undefined || evaluations.get(each)?.freshness !== 'unknown') continue;
    for (const producer of consumer.producers) {
      const evaluation = evaluations.get(producer);
      const stage = plan.nodes[producer]?.stage.name;
      if (evaluation === undefined || stage === undefined) continue;
      if (!hidesInputs(plan, evaluations, producer, consumer)) continue;
      behind.add(producer);
      if (evaluation.freshness === 'stale') causes.set(producer, { stage, reasons: evaluation.reasons });
    }
  }
  return [...causes].sort(([a], [b]) => a - b).map(([, cause]) => cause);
}
