/**
 * TPE: draws candidates from a density of good trials and takes the one where it exceeds that of bad trials the most.
 *
 * After Bergstra, Bardenet, Bengio and Kégl, "Algorithms for hyper-parameter optimization" (2011), in the form of Optuna
 * 5. Which dimensions are modelled together is the only difference between the three modes: all that every trial has
 * (joint), each set of those that occur together (grouped), or each by itself (independent).
 */
import { type Json, type Random, randomStream } from '../../../src/sdk/index.ts';
import { type CodeTable, selected, tableReader } from './code-table.ts';
import { parzenMixture } from './parzen.ts';
import { type Dimension, isActive, type Space, valueCount } from './space.ts';
import { streamName } from './streams.ts';
import { hasResult, splitTrials } from './tpe-split.ts';
import type { Goal, Observation, Sampler } from './types.ts';
import { drawFromPrior } from './values.ts';

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
  const readTable = tableReader(open);
  let prepared: Prepared | null = null;

  function prepare(history: readonly Observation[], trial: number): Prepared {
    const trials = history.filter((each) => each.trial !== trial).sort((a, b) => a.trial - b.trial);
    const rowOf = new Map(trials.map((each, row) => [each, row]));
    const rowsOf = (some: readonly Observation[]) => some.map((each) => rowOf.get(each) as number);
    const table = readTable(trials.map(({ settings }) => settings));
    const { good, bad } = splitTrials(trials, goals);
    const groups = groupsOf(table, rowsOf(trials.filter(hasResult)), mode);
    return { history, trial, groups, models: modelMaker(open, table, rowsOf(good), rowsOf(bad)) };
  }

  return {
    suggest(history, trial, attempt = 0) {
      const random = randomStream(seed, streamName(trial, attempt));
      const finished = history.filter((each) => each.trial !== trial && hasResult(each));
      if (finished.length < STARTUP || attempt > MODELLED_ATTEMPTS) return drawFromPrior(space, random);

      // Further attempts come with the same history, and models cost more than draws from them.
      if (attempt === 0 || prepared?.history !== history || prepared.trial !== trial)
        prepared = prepare(history, trial);
      const { groups, models } = prepared;
      const drawn = new Map<Dimension, number>();
      const drawTogether = (places: readonly number[]) => {
        const point = drawBest(models(places), random, attempt > 0 && places.length > 1);
        for (const [i, place] of places.entries()) drawn.set(open[place] as Dimension, point[i] as number);
      };

      for (const group of groups) drawTogether(group);
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
  /** Dimensions, by place, to draw together before any other. */
  readonly groups: readonly (readonly number[])[];
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

/**
 * Which dimensions, by place, to draw together before any other; the rest are drawn one by one as their conditions come to
 * hold.
 *
 * @param finished  rows of trials with a result.
 */
function groupsOf({ columns, count }: CodeTable, finished: readonly number[], mode: TpeMode): readonly number[][] {
  if (mode === 'independent') return [];
  // Which of the trials have a dimension, in a word.
  const presences = columns.map(({ codes, order }) => {
    if (order.length === count) return EVERYWHERE;
    const presence = finished.map((row) => (Number.isNaN(codes[row]) ? '0' : '1')).join('');
    return presence.includes('0') ? presence : EVERYWHERE;
  });
  // Dimensions that are present in exactly the same trials form a group.
  const groups = new Map<string, number[]>();
  for (const [place, presence] of presences.entries()) {
    const isModelled = mode === 'joint' ? presence === EVERYWHERE : presence.replaceAll('0', '') !== '';
    if (isModelled) groups.set(presence, [...(groups.get(presence) ?? []), place]);
  }
  return [...groups.values()];
}

const EVERYWHERE = 'everywhere';

/** Makes the models of some dimensions together, once for each set of them. */
function modelMaker(
  open: readonly Dimension[],
  table: CodeTable,
  good: readonly number[],
  bad: readonly number[],
): Prepared['models'] {
  const made = new Map<string, Models>();
  return (places) => {
    const key = places.join(' ');
    let models = made.get(key);
    if (models === undefined) {
      const dimensions = places.map((place) => open[place] as Dimension);
      models = modelsOf(dimensions, selected(table, places, good), selected(table, places, bad));
      made.set(key, models);
    }
    return models;
  };
}

function modelsOf(dimensions: readonly Dimension[], good: CodeTable, bad: CodeTable): Models {
  const likely = parzenMixture(dimensions, good);
  const unlikely = parzenMixture(dimensions, bad);
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

function hasPoint({ columns, count }: CodeTable, point: readonly number[]): boolean {
  for (let i = 0; i < count; i++) if (columns.every(({ codes }, place) => codes[i] === point[place])) return true;
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
