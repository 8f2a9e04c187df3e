/**
 * The learning rate of a step: a pure function of the settings, the step and, for plateau, the history.
 *
 * Nothing is remembered between steps, so a training that goes on after a kill takes the same steps.
 */
import type { EpochRecord, TrainSettings } from './train-types.ts';

/** Constants of one-cycle as its first implementations have them: start at rate / 25, end at start / 10,000. */
const ONE_CYCLE = { start: 25, end: 1e4 };
/** A change of a monitored metric smaller than this is no improvement, as in Keras. */
const LEAST_CHANGE = 1e-4;

/**
 * @param step           counted from 0 over the whole training.
 * @param stepsPerEpoch  steps in each epoch.
 * @param plateau        what `plateauFactor` gave after the epoch before.
 */
export function learningRate(
  { optimizer, schedule, epochs }: Pick<TrainSettings, 'optimizer' | 'schedule' | 'epochs'>,
  step: number,
  stepsPerEpoch: number,
  plateau: number,
): number {
  const rate = optimizer.learningRate;
  const total = epochs * stepsPerEpoch;
  if (schedule.name === 'one-cycle') return rate * oneCycle(step, total, schedule.rise);
  const warmup = Math.min(total, Math.round(schedule.warmup * stepsPerEpoch));
  if (step < warmup) return (rate * (step + 1)) / warmup;
  if (schedule.name === 'plateau') return rate * Math.max(plateau, schedule.floor);
  if (schedule.name === 'constant') return rate;
  const share = (step - warmup) / Math.max(1, total - warmup);
  return rate * (schedule.floor + (1 - schedule.floor) * halfCosine(share));
}

/** What plateau multiplies the rate by after these epochs: `factor` for each time `patience` epochs brought nothing. */
export function plateauFactor(
  { monitor, factor, patience }: TrainSettings['schedule'],
  goal: 'minimize' | 'maximize',
  history: readonly EpochRecord[],
): number {
  let result = 1;
  let best = Number.POSITIVE_INFINITY;
  let since = 0;
  for (const record of history) {
    const epoch = record.epoch ?? 0;
    const value = (goal === 'minimize' ? 1 : -1) * (record[monitor] ?? Number.NaN);
    if (value < best - LEAST_CHANGE) {
      best = value;
      since = epoch;
    } else if (epoch - since >= patience) {
      result *= factor;
      since = epoch;
    }
  }
  return result;
}

/** Places of the peak and of the end as in PyTorch. */
function oneCycle(step: number, total: number, rise: number): number {
  const start = 1 / ONE_CYCLE.start;
  const end = start / ONE_CYCLE.end;
  const peak = rise * total - 1;
  if (step < peak) return start + (1 - start) * (1 - halfCosine(step / peak));
  return end + (1 - end) * halfCosine(Math.min(1, (step - peak) / Math.max(1, total - 1 - peak)));
}

/**
 * (1 + cos(pi * share)) / 2 for shares from 0 to 1, to full precision. Own, because the last bit of the engine's cosine
 * differs between versions of Node: sin(x)^2 of the smaller half, by its Taylor series.
 */
function halfCosine(share: number): number {
  return share <= 0.5 ? 1 - sineSquared(share) : sineSquared(1 - share);
}

/** sin(pi * share / 2)^2 for shares from 0 to 0.5: (1 - cos(pi * share)) / 2. */
function sineSquared(share: number): number {
  const x = (Math.PI * share) / 2;
  const square = x * x;
  let term = x;
  let sine = x;
  for (let n = 2; n <= 20; n += 2) {
    term *= -square / (n * (n + 1));
    sine += term;
  }
  return sine * sine;
}
