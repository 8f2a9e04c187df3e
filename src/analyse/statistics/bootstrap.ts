/**
 * The bootstrap: how much a score would have varied on other test sets of the same kind (B. Efron, R. Tibshirani, An
 * Introduction to the Bootstrap, 1993).
 *
 * Samples that count the same for a score are one cell with a count, and a resample is a new set of counts: with 100,000
 * predictions of ten classes some hundred cells are drawn, not 100,000 samples. Every draw comes from a stream with a fixed
 * name, so the same predictions always give the same interval.
 */
import { type Random, randomStream } from '../../base/random.ts';
import { drawBinomial } from './binomial-draw.ts';
import { type Interval, LEVEL, Z_95 } from './interval.ts';
import { normalQuantile, normalSurvival } from './special-functions.ts';

/** Enough that the second digit of an interval's bounds stands. */
const DRAWS = 2000;
/** With very many cells fewer draws do, and each is smoother. */
const MOST_WORK = 2e7;
const FEWEST_DRAWS = 200;

export interface Cells {
  /** Samples in each cell; at least 1. */
  readonly counts: Float64Array | Int32Array | readonly number[];
  /** Resampled within strata of equal number: classes keep their sizes. Absent: all are one stratum. */
  readonly strata?: Int32Array | readonly number[];
}

/**
 * Values of several statistics over resamples.
 *
 * @param cells      one cell a sample, a group of samples that belong together (a family), or equal samples.
 * @param statistic  from counts by cell; returns the values by place, always as many.
 * @returns          by statistic, then by draw.
 */
export function bootstrap(
  cells: Cells,
  statistic: (counts: Float64Array) => readonly number[],
  name: string,
  draws: number = drawsFor(cells),
): Float64Array[] {
  const random = randomStream(0, `bootstrap ${name}`);
  const strata = strataOf(cells);
  const counts = new Float64Array(cells.counts.length);
  const values: Float64Array[] = [];
  for (let draw = 0; draw < draws; draw++) {
    for (const stratum of strata) resample(random, stratum, cells.counts, counts);
    statistic(counts).forEach((value, place) => {
      values[place] ??= new Float64Array(draws);
      (values[place] as Float64Array)[draw] = value;
    });
  }
  return values;
}

function drawsFor({ counts }: Cells): number {
  return Math.min(DRAWS, Math.max(FEWEST_DRAWS, Math.floor(MOST_WORK / Math.max(1, counts.length))));
}

/** Cells with more samples than this are drawn as one number; throwing sample by sample is cheaper for the others. */
const LARGE_CELL = 25;

interface Stratum {
  readonly total: number;
  readonly large: readonly number[];
  /** The cell of each sample that is in none of the large ones. */
  readonly small: Int32Array;
}

function strataOf({ counts, strata }: Cells): Stratum[] {
  const groups = new Map<number, number[]>();
  for (let place = 0; place < counts.length; place++) {
    const stratum = strata?.[place] ?? 0;
    const places = groups.get(stratum);
    if (places === undefined) groups.set(stratum, [place]);
    else places.push(place);
  }
  const sizeOf = (place: number) => counts[place] as number;
  return [...groups.values()].map((places) => {
    const small = places.filter((place) => sizeOf(place) <= LARGE_CELL);
    return {
      total: places.reduce((sum, place) => sum + sizeOf(place), 0),
      large: places.filter((place) => sizeOf(place) > LARGE_CELL),
      small: Int32Array.from(small.flatMap((place) => new Array<number>(sizeOf(place)).fill(place))),
    };
  });
}

/** As many samples as the stratum has, with replacement: a draw from the multinomial distribution of its cells. */
function resample(
  random: Random,
  { total, large, small }: Stratum,
  sizes: Cells['counts'],
  counts: Float64Array,
): void {
  let [leftThrows, leftSamples] = [total, total];
  for (const place of large) {
    const size = sizes[place] as number;
    const drawn = drawBinomial(random, leftThrows, size / leftSamples);
    counts[place] = drawn;
    leftThrows -= drawn;
    leftSamples -= size;
  }
  for (const place of small) counts[place] = 0;
  throwAt(random, small, leftThrows, counts);
}

/**
 * Throws `times` times at the cells of `small`. The generator stands in the loop, because this is where all the time goes:
 * sfc32 (C. Doty-Humphrey, PractRand), begun anew from the stream at each call.
 */
function throwAt(random: Random, small: Int32Array, times: number, counts: Float64Array): void {
  const size = small.length;
  let [a, b, c, d] = [seedWord(random), seedWord(random), seedWord(random), seedWord(random)];
  for (let left = times; left > 0; left--) {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    // 2^32 values over at most some thousand places: the unevenness is below 1e-5 of a chance.
    const place = small[Math.floor(((t >>> 0) / TWO_TO_32) * size)] as number;
    counts[place] = (counts[place] as number) + 1;
  }
}

const TWO_TO_32 = 4294967296;

function seedWord(random: Random): number {
  return random.integer(TWO_TO_32) | 0;
}

/** Percentile interval: what lies between the outer 2.5 % of the draws. */
export function percentileInterval(draws: Float64Array): Interval {
  const sorted = Float64Array.from(draws).sort();
  return { low: quantile(sorted, (1 - LEVEL) / 2), high: quantile(sorted, (1 + LEVEL) / 2) };
}

/**
 * Bias-corrected and accelerated interval (B. Efron, Journal of the American Statistical Association 82, 1987).
 *
 * @param estimate  the statistic of the samples themselves.
 * @param left      the statistic with one sample of each cell left out, by cell.
 */
export function bcaInterval(
  draws: Float64Array,
  estimate: number,
  left: Float64Array,
  counts: Cells['counts'],
): Interval {
  const sorted = Float64Array.from(draws).sort();
  let below = 0;
  for (const value of sorted) below += value < estimate ? 1 : value === estimate ? 0.5 : 0;
  const bias = normalQuantile(below / sorted.length);
  const shape = acceleration(left, counts);
  if (!Number.isFinite(bias) || !Number.isFinite(shape)) return percentileInterval(draws);
  const share = (side: number) => 1 - normalSurvival(bias + (bias + side) / (1 - shape * (bias + side)));
  return { low: quantile(sorted, share(-Z_95)), high: quantile(sorted, share(Z_95)) };
}

/** A sixth of the skewness of the statistic as samples are left out, each cell weighing as many samples as it has. */
function acceleration(left: Float64Array, counts: Cells['counts']): number {
  let total = 0;
  let sum = 0;
  left.forEach((value, place) => {
    total += counts[place] as number;
    sum += value * (counts[place] as number);
  });
  const mean = sum / total;
  let squares = 0;
  let cubes = 0;
  left.forEach((value, place) => {
    const distance = mean - value;
    squares += (counts[place] as number) * distance ** 2;
    cubes += (counts[place] as number) * distance ** 3;
  });
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** Two-sided p of the null hypothesis that a difference is 0: the level at which the percentile interval would touch it. */
export function bootstrapP(draws: Float64Array): number {
  let atMost = 0;
  let atLeast = 0;
  for (const value of draws) {
    if (value <= 0) atMost++;
    if (value >= 0) atLeast++;
  }
  // One is added for the samples themselves: no finite number of draws shows that a chance is 0.
  return Math.min(1, (2 * (Math.min(atMost, atLeast) + 1)) / (draws.length + 1));
}

/** Linear between the order statistics (type 7 of Hyndman and Fan, 1996; the default of R and NumPy). */
function quantile(sorted: Float64Array, share: number): number {
  const place = Math.min(Math.max(share, 0), 1) * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (place - below);
}
