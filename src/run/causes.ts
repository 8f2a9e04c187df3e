/** Behind "a producer has to run": which stages upstream have a reason of their own. */
import type { Reason } from '../decide/reason.ts';
import { withProducers } from '../plan/selection.ts';
import type { Evaluation } from './evaluate.ts';
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
  const causes: Cause[] = [];
  for (const each of withProducers(session.plan, [index])) {
    const evaluation = evaluations.get(each);
    const stage = session.plan.nodes[each]?.stage.name;
    if (each !== index && stage !== undefined && evaluation?.work === 'run' && evaluation.freshness === 'stale')
      causes.push({ stage, reasons: evaluation.reasons });
  }
  return causes;
}
