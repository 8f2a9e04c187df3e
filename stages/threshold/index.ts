/** threshold: chooses a temperature and thresholds on the validation split; the test split is never looked at. */
import fs from 'node:fs';
import type { ThresholdParams } from '../../src/generated/stages/threshold.ts';
import { writeCharts } from '../../src/sdk/charts/index.ts';
import type { Filled, StageRun } from '../../src/sdk/index.ts';
import { reliabilityChart } from '../lib/charts/reliability-chart.ts';
import { applyTemperature, type Decision } from '../lib/evaluation/decision.ts';
import { predictSplit } from '../lib/evaluation/predict-split.ts';
import { type Claims, calibrationError, reliabilityBins } from '../lib/metrics/calibration.ts';
import { logLoss, mean, prepare } from '../lib/metrics/classification.ts';
import { type LabelPredictions, labelLoss, prepareLabels } from '../lib/metrics/multi-label.ts';
import { chooseTemperature, chooseThresholds } from '../lib/metrics/thresholds.ts';

const run: StageRun<Filled<ThresholdParams>> = async (context) => {
  const { params, outputs } = context;
  const request = { split: 'validation', batchSize: params.batchSize, mirrored: false, timed: false } as const;
  const { dataset, inputs, probabilities } = await predictSplit(context, request);
  dataset.close();
  const { classes } = dataset.info;
  const { labels, truth } = inputs;
  const at = (temperature: number) => applyTemperature(probabilities, classes.length, truth !== undefined, temperature);
  const judge = (tempered: Float32Array): Judged =>
    truth === undefined
      ? judged(prepare({ classes: classes.length, labels, probabilities: tempered }))
      : judged(
          prepareLabels(
            { classes: classes.length, truth, probabilities: tempered },
            classes.map(() => params.start),
          ),
        );
  const lossOf = (tempered: Float32Array) =>
    truth === undefined
      ? logLoss({ classes: classes.length, labels, probabilities: tempered })
      : labelLoss({ classes: classes.length, truth, probabilities: tempered });
  const temperature = params.calibrate ? chooseTemperature((each) => lossOf(at(each))) : 1;
  const [before, after] = [judge(probabilities), judge(at(temperature))];

  const questions = questionsOf(classes, labels, truth, at(temperature));
  const chosen = questions === null ? null : chooseThresholds(questions.predictions, params.start);
  const thresholds =
    questions === null || chosen === null
      ? null
      : Object.fromEntries(questions.names.map((name, k) => [name, chosen.thresholds[k] ?? params.start]));
  const decision: Decision = { version: 1, classes, thresholds, temperature };
  const metrics = {
    images: inputs.samples.length,
    temperature,
    loss: { before: before.loss, after: after.loss },
    calibrationError: { before: before.error, after: after.error },
    ...(chosen === null ? {} : { f1: { before: chosen.microF1[0], after: chosen.microF1.at(-1) } }),
  };
  fs.writeFileSync(outputs['thresholds.json'] ?? '', `${JSON.stringify(decision, null, 2)}\n`);
  fs.writeFileSync(outputs['metrics.json'] ?? '', `${JSON.stringify(metrics, null, 2)}\n`);
  await writeCharts(outputs.charts ?? '', [
    { ...reliabilityChart(reliabilityBins(before.claims), before.error), name: 'reliability-before' },
    { ...reliabilityChart(reliabilityBins(after.claims), after.error), name: 'reliability-after' },
  ]);
  const gain = chosen === null ? '' : `; F1 ${fixed(chosen.microF1[0])} to ${fixed(chosen.microF1.at(-1))}`;
  context.note(
    `temperature ${temperature.toPrecision(3)}, log loss ${fixed(before.loss)} to ${fixed(after.loss)}${gain}`,
  );
};
export default run;

interface Judged {
  readonly loss: number;
  readonly error: number;
  readonly claims: Claims;
}

function judged({ losses, claims }: { readonly losses: Float64Array; readonly claims: Claims }): Judged {
  return { loss: mean(losses, null), error: calibrationError(claims), claims };
}

/**
 * What thresholds can be chosen for: every label of several, or the second of two classes. Of more classes the most probable
 * one is predicted, and there is nothing to choose.
 */
function questionsOf(
  classes: readonly string[],
  labels: Int32Array,
  truth: Uint8Array | undefined,
  probabilities: Float32Array,
): { readonly names: readonly string[]; readonly predictions: LabelPredictions } | null {
  if (truth !== undefined) return { names: classes, predictions: { classes: classes.length, truth, probabilities } };
  const [, second] = classes;
  if (classes.length !== 2 || second === undefined) return null;
  const predictions = {
    classes: 1,
    truth: Uint8Array.from(labels),
    probabilities: probabilities.filter((_, i) => i % 2 === 1),
  };
  return { names: [second], predictions };
}

function fixed(value: number | undefined): string {
  return (value ?? 0).toFixed(3);
}
