/**
 * What can be wrong with a trained model although training went through: named, so that tables can show it and nobody takes
 * a collapsed network for a bad setting.
 */
import type { Inputs } from './inputs.ts';
import type { Ending } from './train-types.ts';

/**
 * `diverged`: a loss that is no number. `single-class`: every image is put into one class. `all-negative`: no image gets any
 * label. `chance-level`: no better than always answering how often each class occurs. `rare-class`: one
 * image or none to learn a class from. `epoch-limit`: the best epoch was so
 * late that early stopping had not found an end yet.
 */
export type AlarmName = 'diverged' | 'single-class' | 'all-negative' | 'chance-level' | 'rare-class' | 'epoch-limit';

export interface Alarm {
  readonly name: AlarmName;
  /** Lower case, no final period. */
  readonly text: string;
}

/** A loss above this share of what guessing gives has learned nothing. */
const LEARNED_NOTHING = 0.99;
const LABEL_THRESHOLD = 0.5;

export interface Outcome {
  readonly ended: Ending;
  readonly epochs: number;
  readonly keptEpoch: number;
  /** Whether early stopping was on. */
  readonly isWatched: boolean;
}

/**
 * @param train          what was learned from.
 * @param inputs         measured with the kept weights: validation, else train.
 * @param probabilities  shape [n, classes].
 * @param loss           of these inputs.
 */
export function findAlarms(
  outcome: Outcome,
  train: Inputs,
  inputs: Inputs,
  classes: number,
  probabilities: Float32Array,
  loss: number,
): Alarm[] {
  const alarms: Alarm[] = [];
  if (outcome.ended === 'diverged') {
    alarms.push({ name: 'diverged', text: `the loss became no number in epoch ${outcome.epochs}` });
  }
  const collapse =
    inputs.truth === undefined ? singleClass(inputs, classes, probabilities) : allNegative(probabilities);
  if (collapse !== null) alarms.push(collapse);
  const chance = chanceLoss(inputs, classes);
  if (loss >= LEARNED_NOTHING * chance) {
    const text = `the loss ${loss.toFixed(4)} is no better than guessing by how often each class occurs, ${chance.toFixed(4)}`;
    alarms.push({ name: 'chance-level', text });
  }
  const rare = countClasses(train, classes).flatMap((count, k) => (count < 2 ? [`${count} of class ${k}`] : []));
  if (rare.length > 0) {
    alarms.push({ name: 'rare-class', text: `too few images to learn from: ${rare.join(', ')}` });
  }
  if (outcome.isWatched && outcome.ended === 'epochs') {
    const text = `all ${outcome.epochs} epochs were run before early stopping saw an end; the best was epoch ${outcome.keptEpoch}`;
    alarms.push({ name: 'epoch-limit', text });
  }
  return alarms;
}

function singleClass({ labels }: Inputs, classes: number, probabilities: Float32Array): Alarm | null {
  const predicted = new Set<number>();
  for (let sample = 0; sample < labels.length; sample++) {
    const row = probabilities.subarray(sample * classes, (sample + 1) * classes);
    predicted.add(row.indexOf(Math.max(...row)));
  }
  if (predicted.size !== 1 || new Set(labels).size < 2) return null;
  return { name: 'single-class', text: `all ${labels.length} images were put into class ${[...predicted][0]}` };
}

function allNegative(probabilities: Float32Array): Alarm | null {
  if (probabilities.some((p) => p >= LABEL_THRESHOLD)) return null;
  return { name: 'all-negative', text: `no label of any image reached a probability of ${LABEL_THRESHOLD}` };
}

/** The loss of answering always with the shares of the classes: ln k for k classes of one size. */
function chanceLoss(inputs: Inputs, classes: number): number {
  const shares = countClasses(inputs, classes).map((count) => count / inputs.labels.length);
  const term = (p: number) => (p <= 0 ? 0 : -p * Math.log(p));
  return inputs.truth === undefined
    ? shares.reduce((total, p) => total + term(p), 0)
    : shares.reduce((total, p) => total + term(p) + term(1 - p), 0) / classes;
}

/** Images of each class. */
function countClasses({ labels, truth }: Inputs, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  const held = truth === undefined ? labels : Int32Array.from(truth, (has, i) => (has === 1 ? i % classes : -1));
  for (const k of held) if (k >= 0) counts[k] = (counts[k] as number) + 1;
  return counts;
}
