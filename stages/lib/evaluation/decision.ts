/**
 * How probabilities become decisions: thresholds.json, which the stage `threshold` writes from the validation split and
 * `evaluate` applies to another.
 */
import fs from 'node:fs';
import { StageError } from '../../../src/sdk/index.ts';

export interface Decision {
  readonly version: 1;
  readonly classes: readonly string[];
  /**
   * From which probability on a class is predicted. With several labels an image: one for each class; of two classes: that of
   * the second. Null for one label of more classes: the most probable class is predicted.
   */
  readonly thresholds: Readonly<Record<string, number>> | null;
  /** Probabilities are made softer (above 1) or sharper (below 1) by it before anything else; 1 leaves them. */
  readonly temperature: number;
}

/** @throws StageError when it is for other classes. */
export function readDecision(file: string, classes: readonly string[]): Decision {
  const decision = JSON.parse(fs.readFileSync(file, 'utf8')) as Decision;
  if (decision.classes?.join('\n') === classes.join('\n')) return decision;
  throw new StageError(
    `the thresholds are for the classes ${(decision.classes ?? []).join(', ')}, the dataset has ${classes.join(', ')}`,
    { code: 'E0850', hint: 'from: { dataset: split, model: train, thresholds: threshold }' },
  );
}

/**
 * Probabilities under another temperature: logits divided by it.
 *
 * @param isMultiLabel  each probability is on its own; otherwise rows of `classes` add up to 1.
 * @returns             a new array.
 */
export function applyTemperature(
  probabilities: Float32Array,
  classes: number,
  isMultiLabel: boolean,
  temperature: number,
): Float32Array {
  if (temperature === 1) return probabilities.slice();
  if (isMultiLabel) return probabilities.map((p) => 1 / (1 + Math.exp(-logit(p) / temperature)));
  const scaled = new Float32Array(probabilities.length);
  for (let start = 0; start < probabilities.length; start += classes) {
    const logs = Array.from(
      probabilities.subarray(start, start + classes),
      (p) => Math.log(Math.max(p, TINY)) / temperature,
    );
    const most = Math.max(...logs);
    const powers = logs.map((log) => Math.exp(log - most));
    const total = powers.reduce((sum, power) => sum + power, 0);
    powers.forEach((power, k) => {
      scaled[start + k] = power / total;
    });
  }
  return scaled;
}

/** Keeps the logarithm of a probability of 0 finite; single precision knows nothing between. */
const TINY = 1e-38;

function logit(p: number): number {
  return Math.log(Math.max(p, TINY)) - Math.log(Math.max(1 - p, TINY));
}
