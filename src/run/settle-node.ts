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
import { adoptAgain, publishElsewhere } from './publish.ts';
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
  /** Of what was executed just now; null when nothing was. */
  readonly usage: Usage | null;
}

export type Usage = Pick<ActionRecord, 'cpuSeconds' | 'peakBytes'>;

/** What is true of a node about which nothing is known. */
export const NOTHING: Omit<Settled, 'status'> = {
  key: null,
  reasons: [],
  action: null,
  note: null,
  problems: [],
  log: null,
  usage: null,
};

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
    if (!action.ok) return { kind: 'settled', settled: failed([action.failure]) };
    return {
      kind: 'settled',
      settled: await putInPlace(session, node, action.value, [{ kind: 'frozen' }], options, signal),
    };
  }
  const assessed = await assess(session, node, results, options.forced);
  if (!assessed.ok) return { kind: 'settled', settled: failed(assessed.failure) };
  const { verdict, key } = assessed.value;
  switch (verdict.kind) {
    case 'fresh':
      await adoptAgain(session, node, verdict.action);
      await publishElsewhere(session, node, verdict.action);
      return { kind: 'settled', settled: done('cached', verdict.action) };
    case 'restore': {
      const restored = await restoreNode(session, node, verdict.action, options.force, signal);
      if (restored.kind === 'refused')
        return { kind: 'settled', settled: failed([restored.problem], { key, reasons: verdict.reasons }) };
      if (restored.kind === 'restored') {
        await publishElsewhere(session, node, verdict.action);
        return {
          kind: 'settled',
          settled: done('restored', verdict.action, { reasons: verdict.reasons, problems: restored.warnings }),
        };
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
      return done('ran', result.action, {
        reasons,
        note: result.note,
        problems: result.warnings,
        usage: result.action,
      });
    case 'failed':
      return failed(result.problems, { key, reasons, log: result.log, usage: result.execution });
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
  if (restored.kind === 'refused') return failed([restored.problem], { key: action.key, reasons });
  if (restored.kind === 'lost') return failed([frozenAndLost(node, restored.output)], { key: action.key, reasons });
  await publishElsewhere(session, node, action);
  return done('cached', action, { reasons, problems: restored.warnings });
}

function done(status: StageStatus, action: ActionRecord, rest: Partial<Settled> = {}): Settled {
  return { ...NOTHING, ...rest, status, key: action.key, action };
}

function failed(problems: readonly Problem[], rest: Partial<Settled> = {}): Settled {
  return { ...NOTHING, ...rest, status: 'failed', problems };
}
