/** The run engine called directly: no start of Node for each of thousands of runs. */
import path from 'node:path';
import type { Json } from '../../src/base/json.ts';
import type { Problem } from '../../src/base/problem.ts';
import type { Plan } from '../../src/plan/graph.ts';
import type { RunEvent, Summary } from '../../src/report/events.ts';
import { openSession } from '../../src/run/open-session.ts';
import { performRun } from '../../src/run/perform-run.ts';
import { REPOSITORY } from './project.ts';

export interface InProcessOptions {
  readonly targets?: readonly string[];
  readonly experiments?: readonly string[] | 'all';
  readonly jobs?: number;
  readonly force?: boolean;
  readonly keepGoing?: boolean;
  readonly only?: boolean;
  /** As `--set` gives them: value by path. */
  readonly set?: Readonly<Record<string, Json>>;
}

export interface InProcessRun {
  readonly summary: Summary;
  readonly events: readonly RunEvent[];
  /** Status by stage of the first experiment. */
  readonly statuses: Readonly<Record<string, string>>;
  /** All that was found wrong, warnings included, in the order in which it was told. */
  readonly problems: readonly Problem[];
  readonly plan: Plan;
}

export async function runInProcess(root: string, options: InProcessOptions = {}): Promise<InProcessRun> {
  const jobs = options.jobs ?? 2;
  const opened = await openSession({
    root: path.resolve(root),
    file: null,
    overrides: Object.entries(options.set ?? {}).map(([each, value]) => ({ path: each, value })),
    experiments: options.experiments ?? ['main'],
    packageRoot: REPOSITORY,
    threads: 1,
  });
  if (!opened.ok) throw new Error(opened.failure.map((each) => `${each.code} ${each.message}`).join('\n'));
  const events: RunEvent[] = [];
  const summary = await performRun(
    opened.value,
    {
      targets: options.targets ?? [],
      only: options.only ?? false,
      force: options.force ?? false,
      keepGoing: options.keepGoing ?? false,
      jobs,
      argv: ['run'],
      tell: () => ({ stdout: '', stderr: '', jsonLines: '' }),
    },
    (event) => events.push(event),
    new AbortController().signal,
  );
  if (!summary.ok) throw new Error(summary.failure.map((each) => `${each.code} ${each.message}`).join('\n'));
  return {
    summary: summary.value,
    events,
    statuses: statusesOf(summary.value.stages),
    problems: problemsIn(events),
    plan: opened.value.plan,
  };
}

/** Status by stage. */
export function statusesOf(stages: Summary['stages']): Record<string, string> {
  return Object.fromEntries(Object.entries(stages).map(([name, stage]) => [name, stage.status]));
}

/** All that events tell of as wrong: problems of the run, and of stages that failed. */
export function problemsIn(events: readonly RunEvent[]): Problem[] {
  return events.flatMap((event) => {
    if (event.event === 'problem') return [event.problem];
    return event.event === 'stage-finished' && event.problem !== undefined ? [event.problem] : [];
  });
}
