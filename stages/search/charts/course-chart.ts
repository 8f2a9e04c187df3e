/** The objective on the way: one line a trial, after each epoch or fold. */
import type { Chart, ChartRow } from '../../../src/sdk/charts/index.ts';
import type { Objective } from '../study-settings.ts';
import type { TrialRecord } from '../trial-record.ts';

/** @param step  what is counted: `epoch` or `fold`. */
export function courseChart(records: readonly TrialRecord[], { metric }: Objective, step: string): Chart {
  const rows = records.flatMap(({ trial, state, reports }): ChartRow[] =>
    reports.map(([at, value]) => ({ trial, state, [step]: at, value })),
  );
  const stopped = records.filter(({ state }) => state === 'pruned').length;
  return {
    name: 'course',
    spec: {
      title: `${metric} on the way`,
      description: `The mean over folds after each ${step}, a line for each of ${records.length} trials; ${stopped} were stopped early.`,
      width: 480,
      height: 260,
      mark: { type: 'line', opacity: 0.6, strokeWidth: 1.2 },
      encoding: {
        x: { field: step, type: 'quantitative', axis: { tickMinStep: 1 } },
        y: { field: 'value', type: 'quantitative', title: metric, scale: { zero: false } },
        color: { field: 'state', type: 'nominal', title: null },
        detail: { field: 'trial' },
      },
    },
    rows,
  };
}
