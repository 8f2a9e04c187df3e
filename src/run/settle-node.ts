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
import { adoptAgain } from './publish.ts';
import { restoreElsewhere, restoreNode } from './restore-node.ts';
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
  | { readonly kind: 'must-run'; readonly assessment: Assessment; readonly reasons: readonly Reason[] }
  | { readonly kind: 'cancelled' };

export interface NodeOptions extends Reporting {
  readonly forced: boolean;
  /** Files that no run made may be replaced. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

/** Works out the verdict and, when no run is needed, carries it out. */
export async function decideNode(
  session: Session,
  node: Node,
  results: Results,
  options: NodeOptions,
): Promise<Decision> {
  if (node.stage.frozen) return decideFrozen(session, node, options);
  const assessed = await assess(session, node, results, options.forced);
  if (!assessed.ok) return settled(failed(assessed.failure));
  const { verdict, key } = assessed.value;
  switch (verdict.kind) {
    case 'fresh':
      await adoptAgain(session, node, verdict.action);
      return settled(
        done('cached', verdict.action, { problems: await restoreElsewhere(session, node, verdict.action, options) }),
      );
    case 'restore': {
      const { reasons, action } = verdict;
      const restored = await restoreNode(session, node, action, options);
      if (restored.kind === 'cancelled') return restored;
      if (restored.kind === 'refused') return settled(failed([restored.problem], { key, reasons }));
      if (restored.kind === 'restored') {
        const elsewhere = await restoreElsewhere(session, node, action, options);
        return settled(done('restored', action, { reasons, problems: [...restored.warnings, ...elsewhere] }));
      }
      const lost: Reason = { kind: 'result-lost', output: restored.output, damaged: restored.object.damaged };
      const assessment: Assessment = { ...assessed.value, verdict: { kind: 'run', reasons: [lost] } };
      return { kind: 'must-run', assessment, reasons: [lost] };
    }
    case 'run':
      return { kind: 'must-run', assessment: assessed.value, reasons: verdict.reasons };
  }
}

async function decideFrozen(session: Session, node: Node, options: NodeOptions): Promise<Decision> {
  const found = await frozenAction(session, node);
  if (!found.ok) return settled(failed([found.failure]));
  const action = found.value;
  const about = { key: action.key, reasons: [{ kind: 'frozen' }] } as const;
  const restored = await restoreNode(session, node, action, options);
  if (restored.kind === 'cancelled') return restored;
  if (restored.kind === 'refused') return settled(failed([restored.problem], about));
  if (restored.kind === 'lost') return settled(failed([frozenAndLost(node, restored.output)], about));
  const elsewhere = await restoreElsewhere(session, node, action, options);
  return settled(done('cached', action, { reasons: about.reasons, problems: [...restored.warnings, ...elsewhere] }));
}

/** Runs it. When another run makes the same result first, takes that. */
export async function runNode(
  session: Session,
  assessment: Assessment,
  reasons: readonly Reason[],
  results: Results,
  options: NodeOptions,
): Promise<Settled | 'cancelled'> {
  const { node, key } = assessment;
  const mustRun = options.forced || node.stage.alwaysChanged;
  const result = await executeNode(session, assessment, { force: options.force, mustRun }, options, options.signal);
  switch (result.kind) {
    case 'ran': {
      const elsewhere = await restoreElsewhere(session, node, result.action, options);
      const problems = [...result.warnings, ...elsewhere];
      return done('ran', result.action, { reasons, note: result.note, problems, usage: result.action });
    }
    case 'failed':
      return failed(result.problems, { key, reasons, log: result.log, usage: result.execution });
    case 'cancelled':
      return 'cancelled';
    case 'made-elsewhere': {
      for (const input of node.inputs) session.reader.forget(input.path);
      const again = await decideNode(session, node, results, options);
      if (again.kind === 'settled') return again.settled;
      if (again.kind === 'cancelled') return 'cancelled';
      return runNode(session, again.assessment, again.reasons, results, options);
    }
  }
}

function settled(how: Settled): Decision {
  return { kind: 'settled', settled: how };
}

function done(status: StageStatus, action: ActionRecord, rest: Partial<Settled> = {}): Settled {
  return { ...NOTHING, ...rest, status, key: action.key, action };
}

function failed(problems: readonly Problem[], rest: Partial<Settled> = {}): Settled {
  return { ...NOTHING, ...rest, status: 'failed', problems };
}
