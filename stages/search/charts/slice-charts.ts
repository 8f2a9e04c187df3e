/** For each param, the value of every trial against what the trial has there. */

import { isJsonObject } from '../../../src/base/json.ts';
import type { Chart, ChartRow, ChartValue } from '../../../src/sdk/charts/index.ts';
import type { Json } from '../../../src/sdk/index.ts';
import type { Dimension, Space } from '../../lib/search/space.ts';
import type { Objective } from '../study-settings.ts';
import { isRanked, type TrialRecord } from '../trial-record.ts';

const WIDTH_PX = 260;
const LABEL_PX = 160;

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
        width: widthOf(dimension),
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

/** Numbers on their own scale, anything else by its text: `width 20, height 10`. */
export function axisValue(dimension: Dimension, value: Json): ChartValue {
  if (dimension.kind === 'number' && typeof value === 'number') return value;
  if (isJsonObject(value))
    return Object.entries(value)
      .map(([name, each]) => `${name} ${textOf(each)}`)
      .join(', ');
  return textOf(value);
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Labels of choices stand side by side, as far as that can be. */
function widthOf(dimension: Dimension): number {
  if (dimension.kind === 'number') return WIDTH_PX;
  const longest = Math.max(...dimension.choices.map((choice) => String(axisValue(dimension, choice)).length));
  return Math.max(WIDTH_PX, dimension.choices.length * Math.min(LABEL_PX, 7 * longest + 16));
}

function axisOf(dimension: Dimension) {
  const { path } = dimension;
  if (dimension.kind === 'choice') {
    const sort = dimension.choices.map((choice) => axisValue(dimension, choice));
    return { field: 'setting', type: 'nominal', title: path, sort, axis: { labelAngle: 0 } };
  }
  const scale = dimension.log ? { type: 'log' } : { zero: false };
  return { field: 'setting', type: 'quantitative', title: path, scale };
}
