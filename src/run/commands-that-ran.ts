/** The commands among what a run executed: only they can write anywhere in the project. */
import type { RunOutcome } from './run-pipeline.ts';
import type { Session } from './session.ts';

/** Nodes, by position in the plan. */
export function commandsThatRan({ plan }: Pick<Session, 'plan'>, outcome: RunOutcome): number[] {
  return [...outcome.records]
    .filter(([index, { status }]) => status === 'ran' && plan.nodes[index]?.stage.action.kind === 'cmd')
    .map(([index]) => index);
}
