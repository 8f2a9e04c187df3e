/** For each param, the value of every trial against what the trial has there. */

import type { Chart, ChartRow, ChartValue } from '../../../src/sdk/charts/index.ts';
import type { Json } from '../../../src/sdk/index.ts';
import type { Dimension, Space } from '../../lib/search/space.ts';
import type { Objective } from '../study-settings.ts';
import { isRanked, type TrialRecord } from '../trial-record.ts';

export function sliceCharts(space: Space, records: readonly TrialRecord[], { metric }: Objective): Chart[] {
  const ranked = records.filter(isRanked);
  return space.dimensions.map((dimension): Chart => {
    const { path } = dimension;
    const rows = ranked.flatMap((record): ChartRow[] => {
      const value = record.settings[path];
      return value === undefined
        ? []
        : [{ setting: axisValue(dimension, value), value: record.values[0] ?? null, trial: record.trial }];
    });
    return {
      name: `slice-${path.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
      spec: {
        title: path,
        description: `${metric} of ${rows.length} trials against ${path}.`,
        width: 260,
        height: 200,
        mark: { type: 'point', filled: true, size: 40, opacity: 0.7 },
        encoding: {
          x: axisOf(dimension),
          y: { field: 'value', type: 'quantitative', title: metric, scale: { zero: false } },
          color: { field: 'trial', type: 'quantitative', title: 'trial', scale: { scheme: 'viridis', reverse: true } },
        },
      },
      rows,
    };
  });
}

/** Numbers on their own scale, anything else by its text. */
export function axisValue(dimension: Dimension, value: Json): ChartValue {
  if (dimension.kind === 'number' && typeof value === 'number') return value;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function axisOf(dimension: Dimension) {
  const { path } = dimension;
  if (dimension.kind === 'choice') return { field: 'setting', type: 'nominal', title: path, axis: { labelAngle: 0 } };
  const scale = dimension.log ? { type: 'log' } : { zero: false };
  return { field: 'setting', type: 'quantitative', title: path, scale };
}
