import { expect, test } from 'vitest';
import { type Chart, drawChart, learningCurves } from '../../../src/sdk/charts/index.ts';
import { calibrationError, reliabilityBins } from '../metrics/calibration.ts';
import { classMetrics, confusionMatrix, type Predictions, prepare } from '../metrics/classification.ts';
import { classChart } from './class-chart.ts';
import { confusionChart } from './confusion-chart.ts';
import { rankingCharts } from './ranking-charts.ts';
import { reliabilityChart } from './reliability-chart.ts';

/** Predictions by a rule: most are right, some say the next class. */
function predictions(classes: number, samples: number): Predictions {
  const labels = Int32Array.from({ length: samples }, (_, i) => i % classes);
  const probabilities = Float32Array.from(labels, () => 0);
  const all = [...labels].flatMap((label, i) => {
    const guess = i % 5 === 0 ? (label + 1) % classes : label;
    const sure = 0.5 + (i % 7) / 20;
    return Array.from({ length: classes }, (_, k) => (k === guess ? sure : (1 - sure) / Math.max(1, classes - 1)));
  });
  return { classes, labels, probabilities: all.length === 0 ? probabilities : Float32Array.from(all) };
}

function chartsOf(made: Predictions): Chart[] {
  const names = Array.from({ length: made.classes }, (_, k) => `class ${k}`);
  const prepared = prepare(made);
  const confusion = confusionMatrix(made);
  return [
    confusionChart(names, confusion),
    classChart(names, classMetrics(confusion)),
    ...rankingCharts(prepared.rankings.map((ranking, k) => ({ name: names[k] ?? '', ranking }))),
    reliabilityChart(reliabilityBins(prepared.claims), calibrationError(prepared.claims)),
  ];
}

test.each([
  ['two classes', 2, 60],
  ['sixty classes', 60, 300],
  ['a class that never occurs', 5, 4],
  ['one image', 3, 1],
])('%s can be drawn, and none of the pictures is large', async (_, classes, samples) => {
  const charts = chartsOf(predictions(classes, samples));
  expect(charts.map(({ name }) => name)).toEqual(expect.arrayContaining(['confusion', 'per-class', 'reliability']));
  for (const chart of charts) {
    const { svg, csv } = await drawChart(chart);
    expect(svg, chart.name).not.toContain('NaN');
    expect(svg.length, chart.name).toBeLessThan(700_000);
    expect(csv.split('\n').length, chart.name).toBe(chart.rows.length + 2);
  }
});

test('the confusion matrix shows every count as text, shaded by its share of the true class', async () => {
  const { svg, csv } = await drawChart(
    confusionChart(
      ['good', 'bad'],
      [
        [31, 4],
        [7, 28],
      ],
    ),
  );
  for (const count of [31, 4, 7, 28]) expect(svg).toContain(`>${count}</text>`);
  expect(csv).toContain('bad,good,7,0.2\n');
});

test('curves of more samples than a line has pixels keep their ends', () => {
  const [roc] = rankingCharts([{ name: 'second', ranking: prepare(predictions(2, 5000)).rankings[0] ?? never() }]);
  expect(roc?.rows.length).toBeLessThan(130);
  expect(roc?.rows[0]).toMatchObject({ falsePositiveRate: 0, truePositiveRate: 0 });
  expect(roc?.rows.at(-1)).toMatchObject({ falsePositiveRate: 1, truePositiveRate: 1 });
});

test('learning curves: a chart for each metric there is, the kept epoch marked, and the rate where it changes', async () => {
  const history = Array.from({ length: 5 }, (_, i) => ({
    epoch: i + 1,
    'train.loss': 1 / (i + 1),
    'validation.loss': 1.2 / (i + 1),
    learningRate: 0.1 / (i + 1),
  }));
  const charts = learningCurves(history, 4);
  expect(charts.map(({ name }) => name)).toEqual(['learning-curve-loss', 'learning-rate']);
  expect(charts[0]?.spec.description).toContain('epoch 4');
  expect(charts[0]?.rows).toHaveLength(10);
  for (const chart of charts) expect((await drawChart(chart)).svg).toContain('</svg>');
  expect(
    learningCurves(
      history.map(({ learningRate: _, ...row }) => row),
      null,
    ),
  ).toHaveLength(1);
});

test('of folds the best is drawn strong, the kept epoch is its, and the rate is that of one of them', async () => {
  const history = [0, 1, 2].flatMap((fold) =>
    Array.from({ length: 4 + fold }, (_, i) => ({
      fold,
      epoch: i + 1,
      'train.loss': 1 / (i + 1) + fold,
      'validation.loss': 1.2 / (i + 1) + fold,
      learningRate: 0.1 / (i + 1),
    })),
  );
  const [loss, rate] = learningCurves(history, 3, 1);
  if (loss === undefined || rate === undefined) throw new Error('two charts');
  expect(loss.spec.description).toMatch(/of fold 1, the best, among 3, .*at the end train 1\.200, validation 1\.240\./);
  expect(rate.rows).toHaveLength(5);
  const { svg } = await drawChart(loss);
  const lines = [...svg.matchAll(/<path [^>]*stroke-width="([\d.]+)"[^>]*>/g)].map(([path, width]) => ({
    width: Number(width),
    isFaint: /opacity="0\.3"/.test(path),
  }));
  expect(lines.filter(({ width, isFaint }) => width === 3 && !isFaint)).toHaveLength(2);
  expect(lines.filter(({ width, isFaint }) => width === 1.2 && isFaint)).toHaveLength(4);
});

function never(): never {
  throw new Error('no ranking');
}
