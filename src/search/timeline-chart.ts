/**
 * When each training of a search ran, and on which worker.
 *
 * Not among the charts the search draws itself, because its outputs are the same whoever ran it: times are in the record of
 * the result only, for a report to draw.
 */
import type { Chart } from '../sdk/charts/draw-chart.ts';
import type { TimelineSpan } from './read-study.ts';

/** Null: nothing was trained for this result. */
export function timelineChart(spans: readonly TimelineSpan[]): Chart | null {
  if (spans.length === 0) return null;
  const workers = new Set(spans.map(({ worker }) => worker)).size;
  const end = spans.reduce((latest, { to }) => Math.max(latest, to), 0);
  return {
    name: 'timeline',
    spec: {
      title: 'Trainings in time',
      description: `${spans.length} ${spans.length === 1 ? 'training' : 'trainings'} on ${workers} ${workers === 1 ? 'worker' : 'workers'} in ${Math.round(end)} seconds.`,
      width: 560,
      height: { step: 26 },
      mark: { type: 'bar', height: { band: 0.8 }, stroke: 'white', strokeWidth: 0.5 },
      encoding: {
        x: { field: 'from', type: 'quantitative', title: 'seconds since the search began' },
        x2: { field: 'to' },
        y: { field: 'worker', type: 'nominal', title: 'worker' },
        color: { field: 'trial', type: 'quantitative', title: 'trial', scale: { scheme: 'viridis' } },
      },
    },
    rows: spans.map(({ trial, cell, from, to, worker }) => ({ trial, training: cell, from, to, worker })),
  };
}
