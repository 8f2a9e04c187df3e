/** What a model's predictions for a set of inputs are worth. */

import type { Random } from '../../../src/sdk/index.ts';
import { type MetricName, measure } from '../metrics/classification.ts';
import { measureLabels, prepareLabels } from '../metrics/multi-label.ts';
import { type Inputs, selectInputs } from './inputs.ts';

/** From this probability on an image is said to have a label, while a model trains. */
const LABEL_THRESHOLD = 0.5;

/** @param probabilities  shape [n, classes]. */
export function measureInputs(
  inputs: Inputs,
  classes: number,
  probabilities: Float32Array,
): Partial<Record<MetricName, number>> {
  const { labels, truth } = inputs;
  if (truth === undefined) return measure({ classes, labels, probabilities });
  const thresholds = new Array<number>(classes).fill(LABEL_THRESHOLD);
  return measureLabels(prepareLabels({ classes, truth, probabilities }, thresholds), null);
}

/**
 * The images of the train split that train metrics are measured on: originals, which are no changed copies, and of these at
 * most `limit`, chosen once.
 *
 * @param limit  0: all.
 */
export function trainSample(train: Inputs, limit: number, random: (stream: string) => Random): Inputs {
  const all = [...train.labels.keys()];
  const originals = all.filter((place) => {
    const sample = train.samples[place];
    return sample === undefined || sample.family === sample.id;
  });
  const clean = originals.length === 0 ? all : originals;
  if (limit === 0 || clean.length <= limit) return clean.length === all.length ? train : selectInputs(train, clean);
  const chosen = random('train-sample').shuffle(clean).slice(0, limit);
  return selectInputs(
    train,
    chosen.sort((a, b) => a - b),
  );
}
