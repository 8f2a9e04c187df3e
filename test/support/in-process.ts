/** The run engine called directly: no start of Node for each of thousands of runs. */
import path from 'node:path';
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
}

export interface InProcessRun {
  readonly summary: Summary;
  readonly events: readonly RunEvent[];
}

export async function runInProcess(root: string, options: InProcessOptions = {}): Promise<InProcessRun> {
  const jobs = options.jobs ?? 2;
  const opened = await openSession({
    root: path.resolve(root),
    file: null,
    overrides: [],
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
      only: false,
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
  return { summary: summary.value, events };
}
