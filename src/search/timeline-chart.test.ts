import { expect, test } from 'vitest';
import { drawChart } from '../sdk/charts/draw-chart.ts';
import { timelineChart } from './timeline-chart.ts';

test('a timeline has a row a worker and a bar a training', async () => {
  const chart = timelineChart([
    { trial: 0, cell: 0, from: 0, to: 1.5, worker: 0 },
    { trial: 0, cell: 1, from: 0.1, to: 2, worker: 1 },
    { trial: 1, cell: 0, from: 1.6, to: 3, worker: 0 },
  ]);
  expect(chart?.spec.description).toBe('3 trainings on 2 workers in 3 seconds.');
  const { svg, csv } = await drawChart(chart as NonNullable<typeof chart>);
  expect(svg.match(/stroke="white"/g)).toHaveLength(3);
  expect(csv.split('\n')[0]).toBe('trial,training,from,to,worker');
});

test('a result for which nothing was trained has no timeline', () => {
  expect(timelineChart([])).toBeNull();
});
