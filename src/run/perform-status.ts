/** `pipe status` and `pipe run --dry`: what would be done, why, and how long it may take. Changes nothing. */
import type { Problem } from '../base/problem.ts';
import { ok, type Result } from '../base/result.ts';
import { remainingSeconds } from '../decide/critical-path.ts';
import type { Plan } from '../plan/graph.ts';
import { selectNodes } from '../plan/selection.ts';
import type { Summary } from '../report/events.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import { pastSeconds } from './forecast.ts';
import type { Session } from './session.ts';
import { type NodeSummary, summarise } from './summary.ts';

export interface StatusOptions {
  readonly targets: readonly string[];
  readonly only: boolean;
  readonly force: boolean;
  /** Stages at the same time; what a forecast of wall time divides by. */
  readonly jobs: number;
}

export interface StatusReport {
  readonly summary: Summary;
  readonly isFresh: boolean;
  /** Problems that would stop a run: missing inputs, code that does not compile. */
  readonly problems: readonly Problem[];
}

export async function performStatus(
  session: Session,
  options: StatusOptions,
): Promise<Result<StatusReport, readonly Problem[]>> {
  const startedAt = performance.now();
  const selected = selectNodes(session.plan, options.targets, options.only);
  if (!selected.ok) return selected;
  const targeted = options.force ? selectNodes(session.plan, options.targets, true) : ok(new Set<number>());
  const evaluations = await evaluate(session, selected.value, targeted.ok ? targeted.value : new Set());
  session.reader.save();
  const summaries = new Map(
    [...evaluations].map(([index, { freshness, key, reasons, work, action }]): [number, NodeSummary] => [
      index,
      { status: freshness, key, reasons, seconds: 0, action, ...(work === 'restore' ? { restorable: true } : {}) },
    ]),
  );
  const problems = [...evaluations.values()].flatMap((each) => each.problems);
  const summary = summarise(session.plan, summaries, {
    status: problems.length > 0 ? 'failed' : 'ok',
    seconds: (performance.now() - startedAt) / 1000,
    forecast: forecastOf(session.plan, evaluations, pastSeconds(session), options.jobs),
  });
  return ok({ summary, isFresh: [...evaluations.values()].every((each) => each.freshness === 'fresh'), problems });
}

/** Work ahead from past durations. Wall time is at least the longest chain and at least the work shared among all jobs. */
function forecastOf(
  plan: Plan,
  evaluations: ReadonlyMap<number, Evaluation>,
  past: readonly (number | null)[],
  jobs: number,
): NonNullable<Summary['forecast']> {
  const toRun = (index: number) => ['run', 'maybe'].includes(evaluations.get(index)?.work ?? 'none');
  const seconds = plan.nodes.map((node) => (toRun(node.index) ? (past[node.index] ?? null) : 0));
  const workSeconds = seconds.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  const longest = remainingSeconds(plan, seconds, 0).reduce((a, b) => Math.max(a, b), 0);
  return {
    workSeconds,
    wallSeconds: Math.max(longest, workSeconds / jobs),
    unknown: seconds.filter((each) => each === null).length,
  };
}
