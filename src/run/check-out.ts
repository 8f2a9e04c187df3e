/** Restores what `pipeline.lock` records, stage by stage, whatever the inputs are now. */

import { problem } from '../base/problem.ts';
import { operandWord } from '../base/shell-word.ts';
import type { RunEvent, Summary } from '../report/events.ts';
import type { ActionRecord } from '../store/store.ts';
import { restoreNode } from './restore-node.ts';
import type { NodeRecord } from './run-pipeline.ts';
import type { Session } from './session.ts';
import { summarise } from './summary.ts';

export async function checkOut(
  session: Session,
  force: boolean,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Summary> {
  const startedAt = performance.now();
  const records = new Map<number, NodeRecord>();
  const experiments = session.plan.project.experiments.map((each) => each.name);
  emit({ event: 'started', run: session.run, experiments, stages: session.plan.nodes.length, jobs: 1 });
  for (const node of session.plan.nodes) {
    const key = session.lock.get(node.experiment)?.get(node.stage.name)?.key ?? null;
    const action = key === null ? null : session.store.readAction(key);
    const record = await restoreRecorded(session, node.index, action, force, emit, signal);
    records.set(node.index, { ...record, key });
    const { experiment, stage } = node;
    emit({
      event: 'stage-finished',
      t: 0,
      experiment,
      stage: stage.name,
      status: record.status,
      key,
      reasons: [],
      seconds: 0,
      note: null,
    });
  }
  session.reader.save();
  const complete = [...records.values()].every((each) => each.status === 'restored');
  const summary = summarise(session.plan, records, {
    status: complete ? 'ok' : 'failed',
    seconds: (performance.now() - startedAt) / 1000,
    run: session.run,
  });
  emit(summary);
  return summary;
}

async function restoreRecorded(
  session: Session,
  index: number,
  action: ActionRecord | null,
  force: boolean,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<NodeRecord> {
  const nothing = { key: null, reasons: [], seconds: 0, action: null } as const;
  const node = session.plan.nodes[index];
  if (node === undefined || action === null) return { ...nothing, status: 'blocked' };
  const restored = await restoreNode(session, node, action, { force, onWaiting: () => {}, signal });
  switch (restored.kind) {
    case 'restored':
      for (const each of restored.warnings) emit({ event: 'problem', problem: each });
      return { ...nothing, status: 'restored', action };
    case 'cancelled':
      return { ...nothing, status: 'blocked' };
    case 'refused':
      emit({ event: 'problem', problem: restored.problem });
      return { ...nothing, status: 'failed' };
    case 'lost':
      emit({
        event: 'problem',
        problem: problem('E0686', `the recorded bytes of \`${restored.output}\` are no longer in the store`, {
          stage: node.stage.name,
          hint: `pipe run ${operandWord(node.stage.name)}`,
        }),
      });
      return { ...nothing, status: 'failed' };
  }
}
