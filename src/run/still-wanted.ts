/** Whether work that is going on still is what the pipeline, as it is now, asks for. */
import { withProducers } from '../plan/selection.ts';
import { evaluate } from './evaluate.ts';
import type { Session } from './session.ts';

export interface Running {
  readonly experiment: string;
  readonly stage: string;
  readonly key: string;
}

/** @param session opened after the edit. */
export async function isStillWanted(session: Session, running: readonly Running[]): Promise<boolean> {
  const nodes = running.map((each) =>
    session.plan.nodes.find((node) => node.stage.name === each.stage && node.experiments.includes(each.experiment)),
  );
  const indices = nodes.flatMap((node) => (node === undefined ? [] : [node.index]));
  if (indices.length < running.length) return false;
  const evaluations = await evaluate(session, withProducers(session.plan, indices), new Set());
  return indices.every((index, at) => evaluations.get(index)?.key === running[at]?.key);
}
