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
import { hasResult, type Split, splitTrials } from './tpe-split.ts';
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
  const codesOf = codesReader(open);
  let prepared: Prepared | null = null;

  return {
    suggest(history, trial, attempt = 0) {
      const random = randomStream(seed, streamName(trial, attempt));
      const others = history.filter((each) => each.trial !== trial);
      const finished = others.filter(hasResult);
      if (finished.length < STARTUP || attempt > MODELLED_ATTEMPTS) return drawFromPrior(space, random);

      // Further attempts come with the same history, and models cost more than draws from them.
      if (attempt === 0 || prepared?.history !== history || prepared.trial !== trial)
        prepared = { history, trial, models: modelMaker(open, splitTrials(others, goals), codesOf) };
      const { models } = prepared;
      const drawn = new Map<Dimension, number>();
      const drawTogether = (places: readonly number[]) => {
        const point = drawBest(models(places), random, attempt > 0 && places.length > 1);
        for (const [i, place] of places.entries()) drawn.set(open[place] as Dimension, point[i] as number);
      };

      for (const group of groupsOf(finished.map(codesOf), open.length, mode)) drawTogether(group);
      const settings: Record<string, Json> = {};
      for (const dimension of space.dimensions) {
        if (!isActive(dimension, settings)) continue;
        const place = open.indexOf(dimension);
        if (place >= 0 && !drawn.has(dimension)) drawTogether([place]);
        settings[dimension.path] = decoded(dimension, drawn.get(dimension));
      }
      return settings;
    },
  };
}

interface Prepared {
  readonly history: readonly Observation[];
  readonly trial: number;
  /** Of dimensions by their places. */
  readonly models: (places: readonly number[]) => Models;
}

/** What is modelled of some dimensions together. */
interface Models {
  draw(random: Random): number[];
  /** By how much the density of good trials exceeds that of bad ones, as a logarithm. */
  gain(point: readonly number[]): number;
  isKnown(point: readonly number[]): boolean;
}

/** A trial's codes, one per dimension, NaN where it has none. Remembered, as each trial is read for many later ones. */
function codesReader(dimensions: readonly Dimension[]): (trial: Observation) => Float64Array {
  const coders = dimensions.map(valueCoder);
  const known = new WeakMap<Settings, Float64Array>();
  return ({ settings }) => {
    let codes = known.get(settings);
    if (codes === undefined) {
      codes = Float64Array.from(dimensions, ({ path }, i) => coders[i]?.(settings[path]) ?? Number.NaN);
      known.set(settings, codes);
    }
    return codes;
  };
}

/**
 * Which dimensions, by place, to draw together before any other; the rest are drawn one by one as their conditions come to
 * hold.
 */
function groupsOf(codes: readonly Float64Array[], count: number, mode: TpeMode): readonly (readonly number[])[] {
  if (mode === 'independent') return [];
  const places = Array.from({ length: count }, (_, place) => place);
  if (mode === 'joint') {
    const everywhere = places.filter((place) => codes.every((each) => !Number.isNaN(each[place])));
    return everywhere.length === 0 ? [] : [everywhere];
  }
  // Dimensions that are present in exactly the same trials form a group.
  const groups = new Map<string, number[]>();
  for (const place of places) {
    const presence = codes.map((each) => (Number.isNaN(each[place]) ? '0' : '1')).join('');
    if (presence.includes('1')) groups.set(presence, [...(groups.get(presence) ?? []), place]);
  }
  return [...groups.values()];
}

/** Makes the models of some dimensions together, once for each set of them. */
function modelMaker(
  open: readonly Dimension[],
  split: Split,
  codesOf: (trial: Observation) => Float64Array,
): Prepared['models'] {
  const [good, bad] = [columnsOf(split.good.map(codesOf), open.length), columnsOf(split.bad.map(codesOf), open.length)];
  const made = new Map<string, Models>();
  return (places) => {
    const key = places.join(' ');
    let models = made.get(key);
    if (models === undefined) {
      const dimensions = places.map((place) => open[place] as Dimension);
      models = modelsOf(dimensions, chosen(good, places), chosen(bad, places));
      made.set(key, models);
    }
    return models;
  };
}

/** Codes by dimension, in each the trials in order of age. */
interface Columns {
  readonly columns: readonly Float64Array[];
  readonly count: number;
}

function columnsOf(trials: readonly Float64Array[], dimensions: number): Columns {
  const columns = Array.from({ length: dimensions }, (_, place) => {
    const column = new Float64Array(trials.length);
    for (let i = 0; i < trials.length; i++) column[i] = (trials[i] as Float64Array)[place] as number;
    return column;
  });
  return { columns, count: trials.length };
}

/** Some of the dimensions, and of the trials those that have them all. */
function chosen({ columns, count }: Columns, places: readonly number[]): Columns {
  const some = places.map((place) => columns[place] as Float64Array);
  const gaps = some.filter((column) => column.includes(Number.NaN));
  if (gaps.length === 0) return { columns: some, count };
  const isWhole = (i: number) => gaps.every((column) => !Number.isNaN(column[i]));
  const kept = some.map((column) => column.filter((_, i) => isWhole(i)));
  return { columns: kept, count: kept[0]?.length ?? 0 };
}

function modelsOf(dimensions: readonly Dimension[], good: Columns, bad: Columns): Models {
  const likely = parzenMixture(dimensions, good.columns, good.count);
  const unlikely = parzenMixture(dimensions, bad.columns, bad.count);
  const gains = new Map<string, number>();
  return {
    draw: likely.draw,
    gain(point) {
      const key = point.join(' ');
      let gain = gains.get(key);
      if (gain === undefined) {
        gain = likely.logDensity(point) - unlikely.logDensity(point);
        gains.set(key, gain);
      }
      return gain;
    },
    isKnown: (point) => hasPoint(good, point) || hasPoint(bad, point),
  };
}

function hasPoint({ columns, count }: Columns, point: readonly number[]): boolean {
  for (let i = 0; i < count; i++) if (columns.every((column, place) => column[i] === point[place])) return true;
  return false;
}

/** @param avoidsKnown  prefer points no trial has, where there are any among the candidates. */
function drawBest(models: Models, random: Random, avoidsKnown: boolean): readonly number[] {
  const all = Array.from({ length: CANDIDATES }, () => models.draw(random));
  const unknown = avoidsKnown ? all.filter((point) => !models.isKnown(point)) : [];
  const candidates = unknown.length > 0 ? unknown : all;
  let best = candidates[0] as number[];
  let bestGain = -Infinity;
  for (const candidate of candidates) {
    const gain = models.gain(candidate);
    if (gain > bestGain) [best, bestGain] = [candidate, gain];
  }
  return best;
}

/** @param code  undefined for a dimension with one value only. */
function decoded(dimension: Dimension, code: number | undefined): Json {
  if (dimension.kind === 'choice') return dimension.choices[code ?? 0] as Json;
  return code ?? dimension.low;
}
