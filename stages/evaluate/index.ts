/** evaluate: a model's predictions for one split, and what they are worth. */
import fs from 'node:fs';
import type { EvaluateParams } from '../../src/generated/stages/evaluate.ts';
import { type Chart, writeCharts } from '../../src/sdk/charts/index.ts';
import type { Filled, Json, StageRun } from '../../src/sdk/index.ts';
import { classChart } from '../lib/charts/class-chart.ts';
import { confusionChart } from '../lib/charts/confusion-chart.ts';
import { rankingCharts } from '../lib/charts/ranking-charts.ts';
import { reliabilityChart } from '../lib/charts/reliability-chart.ts';
import { unitsOf } from '../lib/dataset/groups.ts';
import { readDecision } from '../lib/evaluation/decision.ts';
import { predictSplit } from '../lib/evaluation/predict-split.ts';
import { reliabilityBins } from '../lib/metrics/calibration.ts';
import { metricsOf } from '../lib/metrics/class-metrics.ts';
import { METRIC_NAMES, type MetricName } from '../lib/metrics/classification.ts';
import { findAlarms } from './alarms.ts';
import { type Answers, type Assessment, assess } from './assess.ts';
import { writeErrors } from './error-gallery.ts';
import { classTable, confusedPairs, confusionTable, countRight, pairTable, predictionTable } from './tables.ts';

/** Numbers of more classes than this belong into a table, not among the metrics of every comparison. */
const MOST_CLASSES = 50;

const run: StageRun<Filled<EvaluateParams>> = async (context) => {
  const { params, inputs, outputs } = context;
  const predicted = await predictSplit(context, { ...params, mirrored: params.mirror, timed: true });
  const { dataset, isOutOfFold, parameters, weightBytes } = predicted;
  const { classes } = dataset.info;
  const { samples, labels, truth } = predicted.inputs;
  const units = unitsOf(samples);
  const answers: Answers = { classes, samples, units, labels, truth, probabilities: predicted.probabilities };
  const decision = inputs.thresholds === undefined ? null : readDecision(inputs.thresholds, classes);
  const assessment = assess(answers, decision, context.random(0, 'bootstrap'));
  const alarms = findAlarms({ split: params.split, isOutOfFold, classes, samples: dataset.samples, assessment });
  const right = countRight(assessment);

  const write = (output: string, text: string) => fs.writeFileSync(outputs[output] ?? '', text);
  const metrics = metricsFile(classes, assessment, { images: samples.length, right, parameters, weightBytes });
  write('metrics.json', `${JSON.stringify(metrics, null, 2)}\n`);
  write('predictions.csv', predictionTable(answers, assessment, isOutOfFold));
  write('per-class.csv', classTable(classes, assessment));
  write('confusion.csv', confusionTable(classes, assessment));
  write('confused-pairs.csv', pairTable(confusedPairs(classes, assessment)));
  write('alarms.json', `${JSON.stringify(alarms, null, 2)}\n`);
  await writeErrors(outputs.errors ?? '', dataset, answers, assessment);
  await writeCharts(outputs.charts ?? '', chartsOf(classes, assessment));
  dataset.close();

  const first = alarms[0] === undefined ? '' : `; ${alarms[0].text}`;
  context.note(`${headline(assessment, right, samples.length, truth !== undefined)}${first}`);
};
export default run;

/** Those people look for first; lines on a screen are few. */
const FIRST: readonly MetricName[] = [
  'accuracy',
  'macroF1',
  'balancedAccuracy',
  'rocAuc',
  'averagePrecision',
  'loss',
  'calibrationError',
  'brier',
];

/** Of several labels an image hardly any is right in all of them: there F1 over all labels is the number to know. */
function headline({ metrics, intervals }: Assessment, right: number, images: number, isMultiLabel: boolean): string {
  const name = isMultiLabel ? 'microF1' : 'accuracy';
  const [low, high] = intervals.get(name) ?? [0, 1];
  const percent = (share: number) => (share * 100).toFixed(1);
  const interval = `95 % interval ${percent(low)} to ${percent(high)} %`;
  return isMultiLabel
    ? `micro F1 ${percent(metrics.microF1 ?? 0)} % (${images} images; ${interval})`
    : `accuracy ${percent(right / images)} % (${right} of ${images}; ${interval})`;
}

/** Each metric with its interval: `{ value, low, high }`. */
function metricsFile(
  classes: readonly string[],
  { metrics, intervals, resamples, counts }: Assessment,
  facts: Readonly<Record<string, number>>,
): Json {
  const names = [...new Set([...FIRST, ...METRIC_NAMES])];
  const measured = names.flatMap((name) => {
    const value = metrics[name];
    if (value === undefined) return [];
    const [low, high] = intervals.get(name) ?? [null, null];
    return [[name, Number.isNaN(value) ? null : { value, low, high }] as const];
  });
  const perClass = counts.map((each, k) => {
    const { precision, recall, f1, support } = metricsOf(each);
    return [classes[k] ?? '', { precision, recall, f1, support }];
  });
  return {
    ...Object.fromEntries(measured),
    ...facts,
    resamples,
    ...(classes.length > MOST_CLASSES ? {} : { classes: Object.fromEntries(perClass) }),
  };
}

function chartsOf(classes: readonly string[], assessment: Assessment): Chart[] {
  const { confusion, counts, rankings, claims, metrics } = assessment;
  const named = rankings.map((ranking, k) => ({ name: classes[rankings.length === 1 ? 1 : k] ?? '', ranking }));
  return [
    ...(confusion === null ? [] : [confusionChart(classes, confusion)]),
    classChart(classes, counts.map(metricsOf)),
    ...rankingCharts(named),
    reliabilityChart(reliabilityBins(claims), metrics.calibrationError ?? Number.NaN),
  ];
}
