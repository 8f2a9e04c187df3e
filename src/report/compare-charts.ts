/** Charts of comparisons: differences with their intervals, curves over each other, what moved in the confusion matrix, Pareto. */

import type { Comparison, Curve, Flips } from '../generated/diff.ts';
import type { Table } from '../generated/table.ts';
import { type Chart, DIVERGING, ON_DARK, ON_LIGHT, REFERENCE } from '../sdk/charts/index.ts';
import { shownMetrics } from './shown-metrics.ts';

/** Differences of tested metrics around zero; null when none was tested. */
export function differenceChart({ metrics, first, second }: Comparison): Chart | null {
  const rows = shownMetrics(metrics).flatMap(({ name, difference, tested }) =>
    tested === null || difference === null
      ? []
      : [{ metric: name, difference, low: tested.low, high: tested.high, p: tested.corrected }],
  );
  if (rows.length === 0) return null;
  const y = { field: 'metric', type: 'nominal', sort: rows.map(({ metric }) => metric), title: null };
  return {
    name: 'differences',
    rows,
    spec: {
      title: `${second} minus ${first}`,
      description: `Differences with 95 % intervals: ${rows.map(({ metric, difference, low, high }) => `${metric} ${difference.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`).join(', ')}.`,
      width: 420,
      height: { step: 28 },
      layer: [
        {
          mark: { type: 'rule', color: REFERENCE, strokeDash: [4, 3] },
          encoding: { x: { datum: 0, type: 'quantitative' } },
        },
        {
          mark: { type: 'rule', strokeWidth: 2, color: REFERENCE },
          encoding: { y, x: { field: 'low', type: 'quantitative', title: 'difference' }, x2: { field: 'high' } },
        },
        {
          mark: { type: 'point', filled: true, size: 70 },
          encoding: {
            y,
            x: { field: 'difference', type: 'quantitative' },
            tooltip: [
              { field: 'metric', type: 'nominal' },
              { field: 'difference', type: 'quantitative', format: '+.4f' },
              { field: 'low', type: 'quantitative', format: '+.4f' },
              { field: 'high', type: 'quantitative', format: '+.4f' },
              { field: 'p', type: 'quantitative', format: '.3f' },
            ],
          },
        },
      ],
    },
  };
}

/** One column of the histories, both over the epochs. */
export function curveChart({ stage, name, first, second }: Curve, names: readonly [string, string]): Chart {
  const rows = [first, second].flatMap((values, place) =>
    values.flatMap((value, epoch) => (value === null ? [] : [{ epoch: epoch + 1, of: names[place] ?? '', value }])),
  );
  return {
    name: `curve-${stage}-${name}`.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    rows,
    spec: {
      title: `${stage} ${name}`,
      description: `${name} by epoch: ${names[0]} ends at ${first.at(-1) ?? 'nothing'} after ${first.length}, ${names[1]} at ${second.at(-1) ?? 'nothing'} after ${second.length}.`,
      width: 420,
      height: 220,
      mark: { type: 'line', point: rows.length <= 80 ? { size: 24 } : false },
      encoding: {
        x: { field: 'epoch', type: 'quantitative', axis: { tickMinStep: 1, format: 'd', grid: false } },
        y: { field: 'value', type: 'quantitative', title: name, scale: { zero: false } },
        color: {
          field: 'of',
          type: 'nominal',
          sort: [...names],
          title: null,
          legend: { orient: 'top', symbolType: 'stroke' },
        },
        strokeDash: { field: 'of', type: 'nominal', sort: [...names], title: null },
        tooltip: [
          { field: 'of', type: 'nominal' },
          { field: 'epoch', type: 'quantitative' },
          { field: 'value', type: 'quantitative', format: '.4f' },
        ],
      },
    },
  };
}

/** How many samples more (orange) or fewer (blue) each cell of the confusion matrix has; null when nothing moved. */
export function confusionChangeChart({ classes, firstConfusion, secondConfusion }: Flips): Chart | null {
  const rows = classes.flatMap((truth, row) =>
    classes.map((guess, column) => {
      const [before, now] = [firstConfusion[row]?.[column] ?? 0, secondConfusion[row]?.[column] ?? 0];
      return { true: truth, predicted: guess, before, now, change: now - before };
    }),
  );
  const most = Math.max(...rows.map(({ change }) => Math.abs(change)));
  if (most === 0) return null;
  const step = Math.min(64, Math.max(14, Math.floor(420 / classes.length)));
  const place = {
    x: { field: 'predicted', type: 'nominal', sort: [...classes], axis: { labelAngle: -40, grid: false } },
    y: { field: 'true', type: 'nominal', sort: [...classes], axis: { grid: false } },
  };
  const text = {
    mark: { type: 'text', tooltip: null },
    encoding: {
      ...place,
      text: { field: 'change', type: 'quantitative', format: '+d' },
      color: { condition: { test: `abs(datum.change) > ${most * 0.6}`, value: ON_DARK }, value: ON_LIGHT },
    },
  };
  return {
    name: 'confusion-change',
    rows,
    spec: {
      title: 'What moved in the confusion matrix',
      description: `Change of counts by true and predicted class; the largest is ${most}.`,
      width: { step },
      height: { step },
      layer: [
        {
          mark: { type: 'rect' },
          encoding: {
            ...place,
            color: {
              field: 'change',
              type: 'quantitative',
              scale: { domain: [-most, 0, most], range: [DIVERGING[0] ?? '', DIVERGING[2] ?? '', DIVERGING[4] ?? ''] },
            },
            tooltip: ['true', 'predicted', 'before', 'now', 'change'].map((field) => ({ field, type: 'nominal' })),
          },
        },
        ...(step < 26 ? [] : [text]),
      ],
    },
  };
}

/** Score against parameters, those that no other beats in both joined by a line; null when no row has both. */
export function paretoChart({ metric, goal, rows }: Table): Chart | null {
  const points = rows.flatMap(({ name, score, parameters, isPareto }) =>
    parameters === null || parameters <= 0
      ? []
      : [
          {
            experiment: name,
            parameters,
            score: score.value,
            low: score.low ?? score.value,
            high: score.high ?? score.value,
            front: isPareto,
          },
        ],
  );
  if (points.length === 0) return null;
  const x = {
    field: 'parameters',
    type: 'quantitative',
    scale: { type: 'log', nice: false, padding: 24 },
    axis: { format: '~s', tickCount: 6, labelOverlap: true },
  };
  const y = { field: 'score', type: 'quantitative', title: metric, scale: { zero: false } };
  const front = points.filter((each) => each.front).map(({ experiment }) => experiment);
  return {
    name: 'pareto',
    rows: points,
    spec: {
      title: `${metric} against parameters`,
      description: `${points.length} experiments; ${goal === 'maximize' ? 'best' : 'least'} for their size: ${front.join(', ')}.`,
      width: 480,
      height: 300,
      layer: [
        {
          transform: [{ filter: 'datum.front' }],
          mark: { type: 'line', color: REFERENCE, interpolate: goal === 'maximize' ? 'step-after' : 'step-before' },
          encoding: { x, y },
        },
        {
          mark: { type: 'rule', color: REFERENCE, opacity: 0.5 },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
        },
        {
          mark: { type: 'point', filled: true, size: 70 },
          encoding: {
            x,
            y,
            color: { field: 'front', type: 'nominal', title: null, legend: null, sort: [true, false] },
            tooltip: [
              { field: 'experiment', type: 'nominal' },
              { field: 'parameters', type: 'quantitative', format: ',' },
              { field: 'score', type: 'quantitative', title: metric, format: '.4f' },
            ],
          },
        },
        {
          mark: { type: 'text', align: 'left', dx: 7, dy: -7, tooltip: null },
          encoding: { x, y, text: { field: 'experiment', type: 'nominal' } },
        },
      ],
    },
  };
}
