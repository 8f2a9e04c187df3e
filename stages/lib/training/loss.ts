/**
 * What training makes small: cross-entropy or focal loss, from the network's plain numbers.
 *
 * Logarithms of probabilities are taken before the probabilities are: a number far on the wrong side still has a gradient,
 * where the probability would have been rounded to 0.
 */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import type { Inputs } from './inputs.ts';
import type { TrainSettings } from './train-types.ts';

/** What the images of a batch are, and how much each counts. Freed by whoever asked for it. */
export interface BatchTruth {
  /** Shape [n, outputs], smoothed. */
  readonly truth: Tensor;
  /** Shape [n, 1] or [n, outputs]. */
  readonly weights: Tensor;
}

export interface Loss {
  /** @param places  of the batch's images in the train inputs. */
  truthOf(places: readonly number[]): BatchTruth;
  /** Mean over the batch of each image's loss. @param logits  shape [n, outputs]. */
  of(logits: Tensor, batch: BatchTruth): Scalar;
}

/** Keeps the slope of a power finite where its base is 0. */
const SMALLEST_BASE = 1e-7;

export function createLoss(
  tf: Tf,
  { loss: { name, gamma, smoothing }, classWeights }: Pick<TrainSettings, 'loss' | 'classWeights'>,
  train: Inputs,
  classes: number,
): Loss {
  const outputs = train.truth === undefined && classes === 2 ? 1 : classes;
  const isSoftmax = train.truth === undefined && classes > 2;
  const even = isSoftmax ? 1 / classes : 0.5;
  const weigh = imageWeights(classWeights, train, classes);

  /** log(sigmoid(x)), exact on both sides. */
  const logSigmoid = tf.customGrad((x, save) => {
    const value = x as Tensor;
    (save as (tensors: Tensor[]) => void)([value]);
    return {
      value: tf.sub(tf.minimum(value, 0), tf.log(tf.add(1, tf.exp(tf.neg(tf.abs(value)))))),
      gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(dy, tf.sigmoid(tf.neg(saved[0] as Tensor))),
    };
  });

  /** Less for probabilities near 1. */
  function focused(logProbability: Tensor): Tensor {
    if (name === 'cross-entropy') return logProbability;
    const missing = tf.maximum(tf.sub(1, tf.exp(logProbability)), SMALLEST_BASE);
    return tf.mul(tf.pow(missing, gamma), logProbability);
  }

  return {
    truthOf(places) {
      const truth = new Float32Array(places.length * outputs);
      places.forEach((place, row) => {
        for (let k = 0; k < outputs; k++) {
          const label = train.labels[place];
          const has =
            train.truth === undefined ? label === (outputs === 1 ? 1 : k) : train.truth[place * classes + k] === 1;
          truth[row * outputs + k] = (has ? 1 - smoothing : 0) + smoothing * even;
        }
      });
      const perImage = train.truth === undefined ? 1 : outputs;
      const weights = Float32Array.from(
        places.flatMap((place) => Array.from({ length: perImage }, (_, k) => weigh(place, k))),
      );
      return {
        truth: tf.tensor(truth, [places.length, outputs]),
        weights: tf.tensor(weights, [places.length, perImage]),
      };
    },
    of(logits, { truth, weights }) {
      if (isSoftmax) {
        return tf.neg(tf.mean(tf.mul(weights, tf.sum(tf.mul(truth, focused(tf.logSoftmax(logits))), -1, true))));
      }
      const terms = tf.add(
        tf.mul(truth, focused(logSigmoid(logits))),
        tf.mul(tf.sub(1, truth), focused(logSigmoid(tf.neg(logits)))),
      );
      return tf.neg(tf.mean(tf.mul(weights, terms)));
    },
  };
}

/**
 * How much each image, or with several labels each label of an image, counts. Balanced: n / (classes * images of its class),
 * so that every class counts the same and the mean is 1; with several labels (images without it) / (images with it) where
 * an image has the label, and 1 where it has not.
 */
function imageWeights(
  kind: TrainSettings['classWeights'],
  { labels, truth }: Inputs,
  classes: number,
): (place: number, label: number) => number {
  if (kind === 'none') return () => 1;
  const sizes = new Array<number>(classes).fill(0);
  if (truth !== undefined) {
    truth.forEach((has, i) => {
      sizes[i % classes] = (sizes[i % classes] as number) + has;
    });
    return (place, k) => {
      const size = sizes[k] as number;
      return truth[place * classes + k] === 1 ? (labels.length - size) / size : 1;
    };
  }
  for (const label of labels) sizes[label] = (sizes[label] as number) + 1;
  return (place) => labels.length / (classes * (sizes[labels[place] as number] as number));
}
