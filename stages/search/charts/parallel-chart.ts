/** One line a trial through all its settings, each on its own axis from the lowest to the highest, coloured by value. */

import type { Chart, ChartRow } from '../../../src/sdk/charts/index.ts';
import type { Json } from '../../../src/sdk/index.ts';
import type { Dimension, Space } from '../../lib/search/space.ts';
import type { Objective } from '../study-settings.ts';
import { isRanked, type TrialRecord } from '../trial-record.ts';
import { axisValue } from './slice-charts.ts';

const STEP_PX = 150;

export function parallelChart(space: Space, records: readonly TrialRecord[], { metric, goal }: Objective): Chart {
  const ranked = records.filter(isRanked);
  const rows = ranked.flatMap((record): ChartRow[] =>
    space.dimensions.flatMap((dimension): ChartRow[] => {
      const value = record.settings[dimension.path];
      if (value === undefined) return [];
      return [
        {
          trial: record.trial,
          param: dimension.path,
          share: shareOf(dimension, value),
          setting: axisValue(dimension, value),
          value: record.values[0] ?? null,
        },
      ];
    }),
  );
  return {
    name: 'parallel',
    spec: {
      title: 'Settings of all trials',
      description: `${ranked.length} trials as lines through ${space.dimensions.length} params, each from its lowest to its highest value.`,
      width: Math.max(260, STEP_PX * space.dimensions.length),
      height: 260,
      mark: { type: 'line', opacity: 0.6, strokeWidth: 1.5 },
      encoding: {
        x: {
          field: 'param',
          type: 'nominal',
          title: null,
          sort: space.dimensions.map(({ path }) => path),
          axis: { labelAngle: 0, labelLimit: STEP_PX - 8 },
        },
        y: { field: 'share', type: 'quantitative', title: null, axis: { labels: false, ticks: false } },
        // The best ones are dark.
        color: {
          field: 'value',
          type: 'quantitative',
          title: metric,
          scale: { scheme: 'viridis', reverse: goal === 'maximize' },
        },
        detail: { field: 'trial' },
      },
    },
    rows,
  };
}

/** Where a value lies between the ends of its dimension, from 0 to 1. */
function shareOf(dimension: Dimension, value: Json): number {
  if (dimension.kind === 'choice') {
    const texts = dimension.choices.map((choice) => JSON.stringify(choice));
    return texts.length < 2 ? 0.5 : Math.max(0, texts.indexOf(JSON.stringify(value))) / (texts.length - 1);
  }
  const scale = (each: number) => (dimension.log ? Math.log(each) : each);
  const [low, high] = [scale(dimension.low), scale(dimension.high)];
  return high === low ? 0.5 : (scale(Number(value)) - low) / (high - low);
}
