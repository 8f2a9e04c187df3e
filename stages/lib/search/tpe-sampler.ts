/**
 * TPE: draws candidates from a density of good trials and takes the one where it exceeds that of bad trials the most.
 *
 * After Bergstra, Bardenet, Bengio and Kégl, "Algorithms for hyper-parameter optimization" (2011), in the form of Optuna
 * 5. Which dimensions are modelled together is the only difference between the three modes: all that every trial has
 * (joint), each set of those that occur together (grouped), or each by itself (independent).
 */
import { type Json, type Random, randomStream } from '../../../src/sdk/index.ts';
import { parzenMixture } from './parzen.ts';
import { type Dimension, isActive, type Space, valueCount } from './space.ts';
import { streamName } from './streams.ts';
import { hasResult, splitTrials } from './tpe-split.ts';
import type { Goal, Observation, Sampler, Settings } from './types.ts';
import { drawFromPrior, valueCoder } from './values.ts';

/** Trials with a result before the first that is modelled. */
const STARTUP = 10;
const CANDIDATES = 24;
/** Attempts for one trial after which the space around the good trials counts as used up, and the prior is drawn from. */
const MODELLED_ATTEMPTS = 10;

export type TpeMode = 'joint' | 'grouped' | 'independent';

export interface TpeSettings {
  readonly space: Space;
  readonly seed: number;
  readonly goals: readonly Goal[];
  readonly mode: TpeMode;
}

export function tpeSampler({ space, seed, goals, mode }: TpeSettings): Sampler {
  const open = space.dimensions.filter((dimension) => valueCount(dimension) > 1);
  const coders = new Map(open.map((dimension) => [dimension, valueCoder(dimension)]));
  const codeIn = (trial: Observation, dimension: Dimension) =>
    coders.get(dimension)?.(trial.settings[dimension.path]) ?? Number.NaN;

  return {
    suggest(history, trial, attempt = 0) {
      const random = randomStream(seed, streamName(trial, attempt));
      const others = history.filter((each) => each.trial !== trial);
      const finished = others.filter(hasResult);
      if (finished.length < STARTUP || attempt > MODELLED_ATTEMPTS) return drawFromPrior(space, random);

      const split = splitTrials(others, goals);
      const drawn = new Map<string, number>();
      const drawTogether = (dimensions: readonly Dimension[]) => {
        const column = (trials: readonly Observation[]) => columnsOf(dimensions, trials, codeIn);
        const point = drawBest(dimensions, column(split.good), column(split.bad), random);
        for (const [i, dimension] of dimensions.entries()) drawn.set(dimension.path, point[i] as number);
      };

      for (const group of groupsOf(open, finished, mode)) drawTogether(group);
      const settings: Record<string, Json> = {};
      for (const dimension of space.dimensions) {
        if (!isActive(dimension, settings)) continue;
        if (coders.has(dimension) && !drawn.has(dimension.path)) drawTogether([dimension]);
        settings[dimension.path] = decoded(dimension, drawn.get(dimension.path));
      }
      return settings as Settings;
    },
  };
}

/** Which dimensions to draw together before any other; the rest are drawn one by one as their conditions come to hold. */
function groupsOf(open: readonly Dimension[], finished: readonly Observation[], mode: TpeMode): Dimension[][] {
  if (mode === 'independent') return [];
  const has = ({ settings }: Observation, { path }: Dimension) => Object.hasOwn(settings, path);
  if (mode === 'joint') {
    const everywhere = open.filter((dimension) => finished.every((trial) => has(trial, dimension)));
    return everywhere.length === 0 ? [] : [everywhere];
  }
  // Dimensions that are present in exactly the same trials form a group.
  const groups = new Map<string, Dimension[]>();
  for (const dimension of open) {
    const presence = finished.map((trial) => (has(trial, dimension) ? '1' : '0')).join('');
    if (presence.includes('1')) groups.set(presence, [...(groups.get(presence) ?? []), dimension]);
  }
  return [...groups.values()];
}

interface Columns {
  /** Per dimension the codes of the observed points, oldest first. */
  readonly codes: readonly number[][];
  readonly count: number;
}

/** Codes of the trials that have all the dimensions. */
function columnsOf(
  dimensions: readonly Dimension[],
  trials: readonly Observation[],
  codeIn: (trial: Observation, dimension: Dimension) => number,
): Columns {
  const codes = dimensions.map((): number[] => []);
  let count = 0;
  for (const trial of trials) {
    const point = dimensions.map((dimension) => codeIn(trial, dimension));
    if (point.some(Number.isNaN)) continue;
    for (const [i, code] of point.entries()) codes[i]?.push(code);
    count++;
  }
  return { codes, count };
}

function drawBest(dimensions: readonly Dimension[], good: Columns, bad: Columns, random: Random): readonly number[] {
  const goodDensity = parzenMixture(dimensions, good.codes, good.count);
  const badDensity = parzenMixture(dimensions, bad.codes, bad.count);
  const candidates = Array.from({ length: CANDIDATES }, () => goodDensity.draw(random));
  let best = candidates[0] as number[];
  let bestGain = -Infinity;
  for (const candidate of candidates) {
    const gain = goodDensity.logDensity(candidate) - badDensity.logDensity(candidate);
    if (gain > bestGain) [best, bestGain] = [candidate, gain];
  }
  return best;
}

/** @param code  undefined for a dimension with one value only. */
function decoded(dimension: Dimension, code: number | undefined): Json {
  if (dimension.kind === 'choice') return dimension.choices[code ?? 0] as Json;
  return code ?? dimension.low;
}
