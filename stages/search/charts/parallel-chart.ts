/** One line a trial through all its settings, each on its own axis from the lowest to the highest, coloured by value. */

import type { Chart, ChartRow } from '../../../src/sdk/charts/index.ts';
import type { Json } from '../../../src/sdk/index.ts';
import type { Dimension, Space } from '../../lib/search/space.ts';
import type { Objective } from '../study-settings.ts';
import { isRanked, type TrialRecord } from '../trial-record.ts';
import { numberText } from './number-text.ts';
import { axisValue } from './slice-charts.ts';

/** Of one letter of a label, with room to spare. */
const LETTER_PX = 7;

export function parallelChart(space: Space, records: readonly TrialRecord[], { metric, goal }: Objective): Chart {
  const ranked = records.filter(isRanked);
  const axes = new Map(space.dimensions.map((dimension) => [dimension.path, axisOf(dimension)]));
  const longest = Math.max(0, ...[...axes.values()].flat().map(({ length }) => length));
  const stepPx = Math.max(120, LETTER_PX * longest + 16);
  const rows = ranked.flatMap((record): ChartRow[] =>
    space.dimensions.flatMap((dimension): ChartRow[] => {
      const value = record.settings[dimension.path];
      if (value === undefined) return [];
      return [
        {
          trial: record.trial,
          param: dimension.path,
          axis: axes.get(dimension.path)?.join(BREAK) ?? '',
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
      width: Math.max(260, stepPx * space.dimensions.length),
      height: 260,
      mark: { type: 'line', opacity: 0.6, strokeWidth: 1.5 },
      encoding: {
        x: {
          field: 'axis',
          type: 'nominal',
          title: null,
          sort: [...axes.values()].map((lines) => lines.join(BREAK)),
          axis: { labelAngle: 0, labelLimit: 0, labelExpr: `split(datum.label, '${BREAK}')` },
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

/** Between the lines of the label of an axis. */
const BREAK = ': ';
/** Choices that are longer in one line have a line each. */
const LINE_LENGTH = 26;
const MOST_LINES = 4;

/** What stands below an axis, by lines: whose it is, and its values from the lowest to the highest. */
function axisOf(dimension: Dimension): readonly string[] {
  const { path } = dimension;
  if (dimension.kind === 'number') return [path, `${numberText(dimension.low)} to ${numberText(dimension.high)}`];
  const texts = dimension.choices.map((choice) => String(axisValue(dimension, choice)));
  const all = texts.join(', ');
  if (all.length <= LINE_LENGTH) return [path, all];
  return texts.length <= MOST_LINES ? [path, ...texts] : [path, texts[0] ?? '', '…', texts.at(-1) ?? ''];
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
