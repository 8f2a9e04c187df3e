import { expect, test } from 'vitest';
import type { Comparison, Flips } from '../generated/diff.ts';
import type { Table, TableRow } from '../generated/table.ts';
import { type Chart, drawChart } from '../sdk/charts/index.ts';
import { confusionChangeChart, curveChart, differenceChart, paretoChart } from './compare-charts.ts';

const COMPARISON: Comparison = {
  first: 'main',
  second: 'wide',
  verdict: { kind: 'indistinguishable', sentence: '' },
  params: [],
  code: [],
  inputs: [],
  samples: null,
  stages: [],
  metrics: [
    {
      stage: 'evaluate',
      name: 'accuracy',
      first: { value: 0.8 },
      second: { value: 0.81 },
      difference: 0.01,
      tested: { low: -0.01, high: 0.03, p: 0.3, corrected: 0.3, test: 'mcnemar-mid-p' },
    },
    { stage: 'train', name: 'epochs', first: { value: 1 }, second: { value: 2 }, difference: 1, tested: null },
  ],
  predictions: null,
  curves: [],
};

function flips(second: number[][]): Flips {
  const counts = { samples: 5, onlyFirst: 0, onlySecond: 0, bothRight: 3, bothWrong: 0 };
  const firstConfusion = [
    [2, 1],
    [0, 2],
  ];
  return { stage: 'e', ...counts, gained: [], lost: [], classes: ['a', 'b'], firstConfusion, secondConfusion: second };
}

function row(name: string, value: number, parameters: number | null, isPareto: boolean): TableRow {
  const nothing = { difference: null, tested: null, loss: null, ratio: null, seconds: null, runs: [] };
  return {
    ...nothing,
    name,
    members: [name],
    values: [],
    score: { value },
    isBest: false,
    isSecond: false,
    parameters,
    isPareto,
  };
}

async function drawn(chart: Chart | null): Promise<string> {
  if (chart === null) throw new Error('no chart');
  return (await drawChart(chart)).svg;
}

test('differences of tested metrics are drawn, numbers without a test are not', async () => {
  const chart = differenceChart(COMPARISON);
  expect(chart?.rows.map(({ metric }) => metric)).toEqual(['accuracy']);
  expect(await drawn(chart)).toContain('wide minus main');
  expect(differenceChart({ ...COMPARISON, metrics: [] })).toBeNull();
});

test('curves of different length lie over each other, missing values left out', async () => {
  const chart = curveChart({ stage: 'train', name: 'loss', first: [1, null, 0.5], second: [0.9] }, ['main', 'wide']);
  expect(chart.rows).toEqual([
    { epoch: 1, of: 'main', value: 1 },
    { epoch: 3, of: 'main', value: 0.5 },
    { epoch: 1, of: 'wide', value: 0.9 },
  ]);
  expect(await drawn(chart)).toContain('train loss');
});

test('the confusion chart shows what moved, and is left out when nothing did', async () => {
  const chart = confusionChangeChart(
    flips([
      [3, 0],
      [0, 2],
    ]),
  );
  expect(chart?.rows.map(({ change }) => change)).toEqual([1, -1, 0, 0]);
  expect(await drawn(chart)).toContain('+1');
  const { firstConfusion } = flips([]);
  expect(confusionChangeChart(flips(firstConfusion))).toBeNull();
});

test('the Pareto chart names experiments with a size, and is left out when none has one', async () => {
  const table: Table = {
    version: 1,
    metric: 'accuracy',
    stage: 'evaluate',
    others: [],
    goal: 'maximize',
    reference: 'main',
    rows: [row('main', 0.8, 100, true), row('big', 0.9, 10_000, true), row('odd', 0.7, null, false)],
  };
  const svg = await drawn(paretoChart(table));
  for (const name of ['main', 'big']) expect(svg).toContain(`>${name}<`);
  expect(svg).not.toContain('>odd<');
  expect(paretoChart({ ...table, rows: [row('odd', 0.7, null, false)] })).toBeNull();
});
