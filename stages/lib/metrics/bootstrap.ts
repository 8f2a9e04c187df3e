/**
 * Intervals for metrics that have no formula: measured again on samples drawn anew.
 *
 * Efron's percentile bootstrap (1979): families are drawn with replacement, within each class, so that a resample has as many
 * families of each class as the set and copies of one original never count as independent. A resample is a list of weights:
 * how often each sample was drawn. Equal seeds give equal intervals.
 */
import type { Random } from '../../../src/sdk/index.ts';

export type Interval = readonly [low: number, high: number];

/** As many as are usual for 95 % intervals (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 14). */
const MOST_RESAMPLES = 2000;
const LEAST_RESAMPLES = 200;
/** Steps of work, two or three seconds; large sets need fewer resamples for equally steady ends of narrower intervals. */
const MOST_STEPS = 4e8;
const TAIL = 0.025;

export interface Sampled {
  /** What keeps families apart: samples with equal names are drawn together. */
  readonly families: readonly string[];
  /** Within which they are drawn. */
  readonly strata: ArrayLike<number>;
}

/** @param steps  about how many steps one measurement takes. */
export function resamplesFor(steps: number): number {
  return Math.round(Math.min(MOST_RESAMPLES, Math.max(LEAST_RESAMPLES, MOST_STEPS / Math.max(1, steps))));
}

/**
 * 95 % interval of each metric, by name. A metric that cannot be measured on a resample (NaN) is left out of its list; one
 * that never can has no interval.
 */
export function bootstrapIntervals<Name extends string>(
  sampled: Sampled,
  resamples: number,
  random: Random,
  measure: (weights: Uint16Array) => Readonly<Partial<Record<Name, number>>>,
): Map<Name, Interval> {
  const values = new Map<Name, number[]>();
  const draw = drawer(sampled, random);
  for (let i = 0; i < resamples; i++) {
    for (const [name, value] of Object.entries(measure(draw())) as [Name, number][]) {
      if (Number.isNaN(value)) continue;
      const list = values.get(name);
      if (list === undefined) values.set(name, [value]);
      else list.push(value);
    }
  }
  return new Map(
    [...values].map(([name, list]) => {
      const sorted = Float64Array.from(list).sort();
      return [name, [quantile(sorted, TAIL), quantile(sorted, 1 - TAIL)] as const];
    }),
  );
}

/** Linear between neighbours (type 7 of Hyndman and Fan, 1996), as NumPy does by default. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

/** Gives the weights of one resample after another, in one array. */
function drawer({ families, strata }: Sampled, random: Random): () => Uint16Array {
  const units = new Map<string, number[]>();
  families.forEach((family, sample) => {
    const members = units.get(family);
    if (members === undefined) units.set(family, [sample]);
    else members.push(sample);
  });
  const byStratum = new Map<number, number[][]>();
  for (const members of units.values()) {
    const stratum = strata[members[0] as number] as number;
    const list = byStratum.get(stratum);
    if (list === undefined) byStratum.set(stratum, [members]);
    else list.push(members);
  }
  const lists = [...byStratum.values()];
  const weights = new Uint16Array(families.length);
  return () => {
    weights.fill(0);
    for (const list of lists) {
      for (let i = 0; i < list.length; i++) {
        for (const sample of list[random.integer(list.length)] as number[])
          weights[sample] = (weights[sample] as number) + 1;
      }
    }
    return weights;
  };
}
