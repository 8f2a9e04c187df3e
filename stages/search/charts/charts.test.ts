import { expect, test } from 'vitest';
import { parseCsv } from '../../../src/base/csv.ts';
import { drawChart } from '../../../src/sdk/charts/index.ts';
import { parseSpace } from '../../lib/search/parse-space.ts';
import { NO_RESULT, type TrialRecord } from '../trial-record.ts';
import { parallelChart } from './parallel-chart.ts';
import { sliceCharts } from './slice-charts.ts';

const OBJECTIVE = { metric: 'validation.loss', goal: 'minimize' } as const;
const SPACE = parseSpace(
  {
    'optimizer.learningRate': { range: [0.0001, 0.01], log: true },
    'transform.resize': { choice: [{ width: 20 }, { width: 30 }] },
  },
  'random',
);
if (!SPACE.ok) throw new Error('the space of this test cannot be used');
const space = SPACE.value;
const trial = (number: number, learningRate: number, width: number, value: number): TrialRecord => ({
  ...NO_RESULT,
  trial: number,
  state: 'complete',
  settings: { 'optimizer.learningRate': learningRate, 'transform.resize': { width } },
  values: [value],
});
const RECORDS = [trial(0, 0.0001, 30, 0.7), trial(1, 0.01, 20, 0.5), trial(2, 0.001, 20, 0.6)];

test('each axis of the settings of all trials says whose it is and from what to what it goes', async () => {
  const { svg, csv } = await drawChart(parallelChart(space, RECORDS, OBJECTIVE));
  expect(svg).toContain('>optimizer.learningRate</tspan>');
  expect(svg).toContain('>0.0001 to 0.01</tspan>');
  expect(svg).toContain('>width 20, width 30</tspan>');
  const shares = parseCsv(csv).map((cells) => cells[3]);
  expect(shares[0]).toBe('share');
  expect(shares.filter((share) => Math.abs(Number(share) - 0.5) < 1e-9)).toHaveLength(1);
});

test('choices stand in the order in which they are written, not in that of their letters', () => {
  const filters = parseSpace({ 'model.filters': { choice: [4, 8, 16] } }, 'random');
  if (!filters.ok) throw new Error('the space of this test cannot be used');
  const [chart] = sliceCharts(filters.value, [], OBJECTIVE);
  expect(chart?.spec.encoding).toMatchObject({ x: { sort: ['4', '8', '16'] } });
});

test('choices that are maps have labels that can be read, side by side', async () => {
  const charts = sliceCharts(space, RECORDS, OBJECTIVE);
  expect(charts.map(({ name }) => name)).toEqual(['slice-optimizer-learningrate', 'slice-transform-resize']);
  const { svg } = await drawChart(charts[1] as (typeof charts)[number]);
  expect(svg).toContain('>width 20</');
  expect(svg).not.toContain('…');
});
