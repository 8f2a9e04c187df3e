/** One node of a variant, from "asked for" to its outcome, told as the events of a stage. */
import type { JsonObject } from '../base/json.ts';
import { baseExperiment } from '../plan/locations.ts';
import type { RunEvent, VariantSummary } from '../report/events.ts';
import type { VariantAnswer } from '../sdk/protocol.ts';
import type { Results } from './assess.ts';
import { logTail } from './log-tail.ts';
import type { Session } from './session.ts';
import { decideNode, type NodeOptions, runNode, type Settled } from './settle-node.ts';
import type { VariantNode } from './variants.ts';

export interface VariantOptions {
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
  /** Seconds since the run began, or since a moment of `performance.now()`. */
  readonly elapsed: (sinceMs?: number) => number;
  inputVariant(role: string, overrides: JsonObject): Promise<VariantAnswer>;
}

interface Outcome extends Settled {
  readonly seconds: number;
}

export async function settleVariant(
  session: Session,
  variant: VariantNode,
  results: Results,
  { force, signal, emit, elapsed, inputVariant }: VariantOptions,
): Promise<Outcome | 'cancelled'> {
  const { node, values } = variant;
  const startedMs = performance.now();
  const name = { experiment: baseExperiment(node.experiment), stage: node.stage.name, variant: values };
  const options: NodeOptions = {
    forced: false,
    force,
    signal,
    inputVariant,
    onProgress: (progress) => emit({ event: 'stage-progress', t: elapsed(), ...name, ...progress }),
    onWaiting: (message) => emit({ event: 'stage-waiting', t: elapsed(), ...name, message }),
  };
  const decision = await decideNode(session, node, results, options);
  if (decision.kind === 'cancelled') return 'cancelled';
  let settled: Settled | 'cancelled';
  if (decision.kind === 'settled') settled = decision.settled;
  else {
    const { assessment, reasons } = decision;
    const { key } = assessment;
    emit({ event: 'stage-started', t: elapsed(), ...name, key, reasons, forecastSeconds: null, log: session.logs });
    settled = await runNode(session, assessment, reasons, results, options);
  }
  if (settled === 'cancelled') return 'cancelled';
  const { status, key, reasons, problems, log, note } = settled;
  const [first, ...others] = status === 'failed' ? problems : [undefined, ...problems];
  for (const each of others) if (each !== undefined) emit({ event: 'problem', problem: each });
  const seconds = elapsed(startedMs);
  emit({
    event: 'stage-finished',
    t: elapsed(),
    ...name,
    status,
    key,
    reasons,
    seconds,
    note,
    ...(first === undefined ? {} : { problem: first }),
    ...(log === null ? {} : { log, logTail: logTail(log) }),
  });
  return { ...settled, seconds };
}

export function summaryOf({ node, values, askedBy }: VariantNode, settled: Outcome): VariantSummary {
  const { status, key, reasons, seconds } = settled;
  const experiment = baseExperiment(node.experiment);
  return { experiment, stage: node.stage.name, variant: values, askedBy, status, key, reasons, seconds };
}
