/** One node, from the moment its producers are done to its outcome. The scheduler says when; this says what happened. */
import type { Key } from '../base/digest.ts';
import type { Problem } from '../base/problem.ts';
import type { Reason } from '../decide/reason.ts';
import type { Node } from '../plan/graph.ts';
import type { StageStatus } from '../report/events.ts';
import type { ActionRecord } from '../store/store.ts';
import { type Assessment, assess, type Results } from './assess.ts';
import { executeNode, type Reporting } from './execute-node.ts';
import { frozenAction, frozenAndLost } from './frozen.ts';
import { publishElsewhere } from './publish.ts';
import { restoreNode } from './restore-node.ts';
import type { Session } from './session.ts';

export interface Settled {
  readonly status: StageStatus;
  readonly key: Key | null;
  readonly reasons: readonly Reason[];
  readonly action: ActionRecord | null;
  readonly note: string | null;
  readonly problems: readonly Problem[];
  readonly log: string | null;
}

export type Decision =
  | { readonly kind: 'settled'; readonly settled: Settled }
  | { readonly kind: 'must-run'; readonly assessment: Assessment; readonly reasons: readonly Reason[] };

export interface NodeOptions {
  readonly forced: boolean;
  /** Files that no run made may be replaced. */
  readonly force: boolean;
}

/** Works out the verdict and, when no run is needed, carries it out. */
export async function decideNode(
  session: Session,
  node: Node,
  results: Results,
  options: NodeOptions,
  signal: AbortSignal,
): Promise<Decision> {
  if (node.stage.frozen) {
    const action = await frozenAction(session, node);
    if (!action.ok) return { kind: 'settled', settled: failed(null, [], [action.failure], null) };
    return {
      kind: 'settled',
      settled: await putInPlace(session, node, action.value, [{ kind: 'frozen' }], options, signal),
    };
  }
  const assessed = await assess(session, node, results, options.forced);
  if (!assessed.ok) return { kind: 'settled', settled: failed(null, [], assessed.failure, null) };
  const { verdict, key } = assessed.value;
  switch (verdict.kind) {
    case 'fresh':
      await publishElsewhere(session, node, verdict.action);
      return { kind: 'settled', settled: done('cached', verdict.action, [], null, []) };
    case 'restore': {
      const restored = await restoreNode(session, node, verdict.action, options.force, signal);
      if (restored.kind === 'refused')
        return { kind: 'settled', settled: failed(key, verdict.reasons, [restored.problem], null) };
      if (restored.kind === 'restored') {
        await publishElsewhere(session, node, verdict.action);
        return { kind: 'settled', settled: done('restored', verdict.action, verdict.reasons, null, restored.warnings) };
      }
      const lost: Reason = { kind: 'result-lost', output: restored.output, damaged: restored.object.damaged };
      return {
        kind: 'must-run',
        assessment: { ...assessed.value, verdict: { kind: 'run', reasons: [lost] } },
        reasons: [lost],
      };
    }
    case 'run':
      return { kind: 'must-run', assessment: assessed.value, reasons: verdict.reasons };
  }
}

/** Runs it. When another run makes the same result first, takes that. */
export async function runNode(
  session: Session,
  assessment: Assessment,
  reasons: readonly Reason[],
  results: Results,
  options: NodeOptions,
  reporting: Reporting,
  signal: AbortSignal,
): Promise<Settled | 'cancelled'> {
  const { node, key } = assessment;
  const mustRun = options.forced || node.stage.alwaysChanged;
  const result = await executeNode(session, assessment, { force: options.force, mustRun }, reporting, signal);
  switch (result.kind) {
    case 'ran':
      await publishElsewhere(session, node, result.action);
      return done('ran', result.action, reasons, result.note, result.warnings);
    case 'failed':
      return failed(key, reasons, result.problems, result.log);
    case 'cancelled':
      return 'cancelled';
    case 'made-elsewhere': {
      for (const input of node.inputs) session.reader.forget(input.path);
      const again = await decideNode(session, node, results, options, signal);
      if (again.kind === 'settled') return again.settled;
      return runNode(session, again.assessment, again.reasons, results, options, reporting, signal);
    }
  }
}

async function putInPlace(
  session: Session,
  node: Node,
  action: ActionRecord,
  reasons: readonly Reason[],
  options: NodeOptions,
  signal: AbortSignal,
): Promise<Settled> {
  const restored = await restoreNode(session, node, action, options.force, signal);
  if (restored.kind === 'refused') return failed(action.key, reasons, [restored.problem], null);
  if (restored.kind === 'lost') return failed(action.key, reasons, [frozenAndLost(node, restored.output)], null);
  await publishElsewhere(session, node, action);
  return done('cached', action, reasons, null, restored.warnings);
}

function done(
  status: StageStatus,
  action: ActionRecord,
  reasons: readonly Reason[],
  note: string | null,
  problems: readonly Problem[],
): Settled {
  return { status, key: action.key, reasons, action, note, problems, log: null };
}

function failed(
  key: Key | null,
  reasons: readonly Reason[],
  problems: readonly Problem[],
  log: string | null,
): Settled {
  return { status: 'failed', key, reasons, action: null, note: null, problems, log };
}
