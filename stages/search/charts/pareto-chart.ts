/** Two objectives against each other; trials no other beats in both are marked. */
import type { Chart } from '../../../src/sdk/charts/index.ts';
import type { Objective } from '../study-settings.ts';
import { isRanked, type TrialRecord } from '../trial-record.ts';

export function paretoChart(
  records: readonly TrialRecord[],
  [first, second]: readonly [Objective, Objective],
  front: ReadonlySet<number>,
): Chart {
  return {
    name: 'pareto',
    spec: {
      title: `${second.metric} against ${first.metric}`,
      description: `${front.size} of ${records.length} trials are beaten by no other in both.`,
      width: 360,
      height: 280,
      mark: { type: 'point', filled: true, size: 50 },
      encoding: {
        x: { field: 'first', type: 'quantitative', title: first.metric, scale: { zero: false } },
        y: { field: 'second', type: 'quantitative', title: second.metric, scale: { zero: false } },
        color: { field: 'set', type: 'nominal', title: null },
        shape: { field: 'set', type: 'nominal', title: null },
      },
    },
    rows: records.filter(isRanked).map(({ trial, values }) => ({
      trial,
      first: values[0] ?? null,
      second: values[1] ?? null,
      set: front.has(trial) ? 'Pareto set' : 'beaten',
    })),
  };
}
