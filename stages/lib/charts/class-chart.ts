/** Precision, recall and F1 of each class side by side, the weakest class first. */
import type { Chart } from '../../../src/sdk/charts/index.ts';
import type { ClassMetrics } from '../metrics/class-metrics.ts';

/** More rows than this are a list to read, not a picture; the table has them all. */
const MOST_CLASSES = 30;
const MEASURES = ['precision', 'recall', 'F1'];

export function classChart(classes: readonly string[], metrics: readonly ClassMetrics[]): Chart {
  const order = classes
    .map((name, k) => ({ name, metrics: metrics[k] as ClassMetrics }))
    .sort((a, b) => a.metrics.f1 - b.metrics.f1)
    .slice(0, MOST_CLASSES);
  const rows = order.flatMap(({ name, metrics: { precision, recall, f1, support } }) =>
    [precision, recall, f1].map((value, i) => ({ class: name, measure: MEASURES[i] ?? '', value, images: support })),
  );
  const weakest = order[0];
  // The next tenth below the smallest value, so that no mark stands on the border.
  const lowest = Math.max(0, Math.floor(Math.min(...rows.map(({ value }) => value)) * 10 - 0.2) / 10);
  return {
    name: 'per-class',
    rows,
    spec: {
      title:
        order.length < classes.length
          ? `The ${order.length} weakest of ${classes.length} classes`
          : 'Precision, recall and F1 by class',
      description: `Precision, recall and F1 by class; the weakest is ${weakest?.name} with F1 ${weakest?.metrics.f1.toFixed(3)}.`,
      width: 360,
      height: { step: 26 },
      mark: { type: 'point', size: 70, opacity: 1 },
      encoding: {
        y: {
          field: 'class',
          type: 'nominal',
          sort: order.map(({ name }) => name),
          title: null,
          axis: { grid: true, ticks: false, domain: false },
        },
        x: {
          field: 'value',
          type: 'quantitative',
          title: null,
          scale: { domain: [lowest, 1] },
          axis: { grid: false },
        },
        color: { field: 'measure', type: 'nominal', sort: MEASURES, title: null, legend: { orient: 'top' } },
        shape: { field: 'measure', type: 'nominal', sort: MEASURES, title: null, legend: { orient: 'top' } },
        tooltip: [
          { field: 'class', type: 'nominal' },
          { field: 'measure', type: 'nominal' },
          { field: 'value', type: 'quantitative', format: '.4f' },
          { field: 'images', type: 'quantitative' },
        ],
      },
    },
  };
}
