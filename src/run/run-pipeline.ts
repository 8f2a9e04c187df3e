/**
 * The run itself: carries out what the schedule commands and tells it what happened.
 *
 * Every fact for people and programs leaves as a RunEvent; the summary is made from the same outcomes.
 */

import type { JsonObject } from '../base/json.ts';
import type { Problem } from '../base/problem.ts';
import type { Resources } from '../config/stage.ts';
import { remainingSeconds } from '../decide/critical-path.ts';
import type { Reason } from '../decide/reason.ts';
import type { RunEvent, StageStatus, VariantSummary } from '../report/events.ts';
import { advance, type Command, createSchedule, type NodeOutcome, type ScheduleEvent } from '../schedule/schedule.ts';
import type { ActionRecord } from '../store/store.ts';
import type { Assessment } from './assess.ts';
import { diskProblems } from './disk-problem.ts';
import { pastSeconds } from './forecast.ts';
import { logTail } from './log-tail.ts';
import type { Session } from './session.ts';
import { decideNode, NOTHING, type NodeOptions, runNode, type Settled } from './settle-node.ts';
import { settleVariant, summaryOf } from './settle-variant.ts';
import { openVariants } from './variants.ts';

export interface RunRequest {
  readonly selected: ReadonlySet<number>;
  readonly forced: ReadonlySet<number>;
  /** `--force`: files that no run made may be replaced. */
  readonly force: boolean;
  readonly keepGoing: boolean;
  readonly resources: Resources;
}

export interface NodeRecord {
  readonly status: StageStatus;
  readonly key: string | null;
  readonly reasons: readonly Reason[];
  readonly seconds: number;
  readonly action: ActionRecord | null;
}

export interface RunOutcome {
  readonly status: 'ok' | 'failed' | 'interrupted';
  /** By node; nodes outside the selection have none. */
  readonly records: ReadonlyMap<number, NodeRecord>;
  /** What was settled because a stage asked for its inputs under other params, in order. */
  readonly variants: readonly VariantSummary[];
}

export async function runPipeline(
  session: Session,
  request: RunRequest,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const { plan } = session;
  const startedAt = performance.now();
  const elapsed = (since = startedAt) => (performance.now() - since) / 1000;
  const forecasts = pastSeconds(session);
  const schedule = createSchedule(plan, request.selected, remainingSeconds(plan, forecasts), {
    resources: request.resources,
    keepGoing: request.keepGoing,
  });
  const results = new Map<number, ActionRecord>();
  const records = new Map<number, NodeRecord>();
  const toRun = new Map<number, { assessment: Assessment; reasons: readonly Reason[] }>();
  const began = new Map<number, number>();
  const settledVariants: VariantSummary[] = [];

  const variants = openVariants(session, results, async (asking, variant, known) => {
    const options = {
      force: request.force,
      signal,
      emit,
      elapsed,
      inputVariant: (role: string, overrides: JsonObject) => variants.input(variant.node, role, overrides),
    };
    const settled = await settleVariant(asking, variant, known, options);
    if (settled !== 'cancelled') settledVariants.push(summaryOf(variant, settled));
    return settled;
  });

  return new Promise((resolve, reject) => {
    const send = (event: ScheduleEvent) => {
      for (const command of advance(schedule, event)) carryOut(command);
    };
    /** A disk that is full or not writable fails the node; anything else that is thrown is a bug. */
    const guard = (index: number, work: Promise<void>) =>
      void work.catch((error) => {
        const problems = diskProblems(error);
        if (problems === null) reject(error);
        else settle(index, { ...NOTHING, status: 'failed', problems });
      });

    const carryOut = (command: Command) => {
      if (command.type === 'decide') guard(command.node, decide(command.node));
      else if (command.type === 'start') guard(command.node, start(command.node));
      else if (command.type === 'block') blocked(command.node);
      else resolve({ status: overall(), records, variants: settledVariants });
    };

    async function decide(index: number): Promise<void> {
      began.set(index, performance.now());
      const decision = await decideNode(session, node(index), results, optionsOf(index));
      if (decision.kind === 'settled') return settle(index, decision.settled);
      if (decision.kind === 'cancelled') return send({ type: 'settled', node: index, outcome: 'cancelled' });
      toRun.set(index, decision);
      send({ type: 'must-run', node: index });
    }

    async function start(index: number): Promise<void> {
      const { assessment, reasons } = toRun.get(index) as { assessment: Assessment; reasons: readonly Reason[] };
      toRun.delete(index);
      began.set(index, performance.now());
      emit({
        event: 'stage-started',
        t: elapsed(),
        ...nameOf(index),
        key: assessment.key,
        reasons,
        forecastSeconds: forecasts[index] ?? null,
        log: session.logs,
      });
      const how = await runNode(session, assessment, reasons, results, optionsOf(index));
      if (how === 'cancelled') send({ type: 'settled', node: index, outcome: 'cancelled' });
      else settle(index, how);
    }

    function settle(index: number, settled: Settled): void {
      if (settled.action !== null) results.set(index, settled.action);
      report(index, settled, elapsed(began.get(index)));
      send({ type: 'settled', node: index, outcome: settled.status === 'failed' ? 'failed' : 'done' });
    }

    function blocked(index: number): void {
      report(index, { ...NOTHING, status: 'blocked' }, 0);
    }

    function report(index: number, settled: Settled, seconds: number): void {
      const { status, key, reasons, action } = settled;
      records.set(index, { status, key, reasons, seconds, action });
      const [first, ...others] = settled.status === 'failed' ? settled.problems : [undefined, ...settled.problems];
      for (const each of others) emitProblem(index, each);
      emit({
        event: 'stage-finished',
        t: elapsed(),
        ...nameOf(index),
        status,
        key,
        reasons,
        seconds,
        note: settled.note,
        ...(settled.usage === null ? {} : { cpuSeconds: settled.usage.cpuSeconds, peakBytes: settled.usage.peakBytes }),
        ...(first === undefined ? {} : { problem: first }),
        ...(settled.log === null ? {} : { log: settled.log, logTail: logTail(settled.log) }),
      });
    }

    function emitProblem(index: number, problem: Problem | undefined): void {
      if (problem !== undefined)
        emit({ event: 'problem', problem: { ...problem, experiment: node(index).experiment } });
    }

    function node(index: number) {
      const found = plan.nodes[index];
      if (found === undefined) throw new Error(`no node ${index}`);
      return found;
    }

    function nameOf(index: number) {
      return { experiment: node(index).experiment, stage: node(index).stage.name };
    }

    function optionsOf(index: number): NodeOptions {
      return {
        forced: request.forced.has(index),
        force: request.force,
        signal,
        onProgress: (progress) => emit({ event: 'stage-progress', t: elapsed(), ...nameOf(index), ...progress }),
        onWaiting: (message) => emit({ event: 'stage-waiting', t: elapsed(), ...nameOf(index), message }),
        inputVariant: (role, overrides) => variants.input(node(index), role, overrides),
      };
    }

    function overall(): RunOutcome['status'] {
      if (signal.aborted) return 'interrupted';
      return schedule.outcomes.some((outcome: NodeOutcome | null) => outcome === 'failed') ? 'failed' : 'ok';
    }

    signal.addEventListener('abort', () => send({ type: 'stop' }), { once: true });
    send({ type: 'begin' });
  });
}
