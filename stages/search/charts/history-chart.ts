/** The value of each trial in the order of their numbers, and the best so far. */
import { type Chart, type ChartRow, PALETTE } from '../../../src/sdk/charts/index.ts';
import { lossOf } from '../../lib/search/pareto.ts';
import type { Objective } from '../study-settings.ts';
import { isRanked, type TrialRecord } from '../trial-record.ts';
import { numberText } from './number-text.ts';

export function historyChart(records: readonly TrialRecord[], { metric, goal }: Objective): Chart {
  let best: number | null = null;
  let bestTrial = -1;
  const rows = records.map((record): ChartRow => {
    const value = isRanked(record) ? (record.values[0] ?? null) : null;
    if (value !== null && (best === null || lossOf(value, goal) < lossOf(best, goal))) {
      best = value;
      bestTrial = record.trial;
    }
    return { trial: record.trial, value: value ?? lastReport(record), state: record.state, best };
  });
  return {
    name: 'history',
    spec: {
      title: `${metric} of each trial`,
      description: `${records.length} trials in order. ${best === null ? 'None has a value' : `The best is trial ${bestTrial} with ${numberText(best)}`}.`,
      width: 560,
      height: 260,
      layer: [
        {
          mark: { type: 'point', filled: true, size: 40, opacity: 0.8 },
          encoding: {
            x: { field: 'trial', type: 'quantitative', title: 'trial', axis: { tickMinStep: 1 } },
            y: { field: 'value', type: 'quantitative', title: metric, scale: { zero: false } },
            color: { field: 'state', type: 'nominal', title: null },
            shape: { field: 'state', type: 'nominal', title: null },
          },
        },
        {
          mark: { type: 'line', interpolate: 'step-after', color: PALETTE[1] ?? 'black' },
          encoding: {
            x: { field: 'trial', type: 'quantitative' },
            y: { field: 'best', type: 'quantitative' },
          },
        },
      ],
    },
    rows,
  };
}

function lastReport({ reports }: TrialRecord): number | null {
  return reports.at(-1)?.[1] ?? null;
}
