/** After the last node: the lock file learns what this run settled. */
import { lockName } from '../config/own-places.ts';
import type { LockedStage } from '../record/lock-file.ts';
import { lockedStage, updateLock } from '../record/lock-store.ts';
import type { RunOutcome } from './run-pipeline.ts';
import type { Session } from './session.ts';

/** Entries of what this run settled; what it did not look at stays as it was. */
export async function writeLock(session: Session, outcome: RunOutcome, signal: AbortSignal): Promise<void> {
  const settled = new Map<string, Map<string, LockedStage>>();
  for (const [index, record] of outcome.records) {
    const node = session.plan.nodes[index];
    if (node === undefined || record.action === null) continue;
    const given = node.inputs.filter((input) => input.made === null).map((input) => input.name);
    const entry = lockedStage(record.action, given);
    for (const experiment of node.experiments) {
      const stages = settled.get(experiment) ?? new Map<string, LockedStage>();
      stages.set(node.stage.name, entry);
      settled.set(experiment, stages);
    }
  }
  const { experiments, experimentNames, file } = session.plan.project;
  const name = lockName(file);
  const existing = new Map(experiments.map((each) => [each.name, new Set(each.stages.keys())]));
  const hold = await session.store.hold([name], () => {}, signal);
  try {
    updateLock(session.root, name, settled, existing, new Set(experimentNames));
  } finally {
    hold.release();
  }
}
