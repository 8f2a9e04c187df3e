/**
 * Metrics of two results side by side: tested where predictions for the same samples are recorded, or where both were
 * repeated with several seeds; as plain numbers where neither is.
 */
import type { Flips, Measured, MetricChange, Tested } from '../generated/diff.ts';
import { stageNames } from './compare-stages.ts';
import { lastSegment } from './cost.ts';
import { flipsOf } from './flips.ts';
import { pairPredictions } from './paired-predictions.ts';
import { testedMetrics } from './paired-tests.ts';
import { readPredictions } from './predictions.ts';
import type { Records } from './records.ts';
import { compareSeeds, correctedResampledT, spreadOf } from './statistics/repeats.ts';
import { isChosenBy, type Member, type Subject } from './subject.ts';

const PREDICTIONS = /(^|\/)predictions\.csv$/;

export interface MetricDifferences {
  /** Tested ones first, accuracy before all. */
  readonly metrics: MetricChange[];
  readonly predictions: Flips | null;
}

export function compareMetrics(records: Records, first: Subject, second: Subject): MetricDifferences {
  const [a, b] = [first.members[0], second.members[0]];
  if (a === undefined || b === undefined) return { metrics: [], predictions: null };
  if (first.members.length > 1 || second.members.length > 1) {
    const metrics = bySeeds(first.members, second.members);
    return { metrics: [...metrics.filter(isTested), ...metrics.filter((each) => !isTested(each))], predictions: null };
  }
  const tested: MetricChange[] = [];
  let predictions: Flips | null = null;
  for (const stage of testLast(a, b)) {
    const pairing = pairOf(records, a, b, stage);
    if (pairing === null) continue;
    predictions = flipsOf(stage, pairing);
    tested.push(...testedMetrics(pairing).map((each) => ({ stage, ...each })));
  }
  tested.push(...byFolds(a, b));
  const names = new Set(tested.map(({ stage, name }) => `${stage}\n${name}`));
  const rest = recordedMetrics(a, b).filter(({ stage, name }) => !names.has(`${stage}\n${lastSegment(name)}`));
  return { metrics: [...tested, ...rest], predictions };
}

/** A verdict is about the last stage that measured what it is about: one that did so on test images, if there is any. */
function testLast(first: Member, second: Member): readonly string[] {
  const isChosen = (stage: string) => {
    const result = second.stages.get(stage) ?? first.stages.get(stage);
    return result !== undefined && isChosenBy(result);
  };
  const names = stageNames(first, second);
  return [...names.filter(isChosen), ...names.filter((stage) => !isChosen(stage))];
}

function isTested({ tested }: MetricChange): boolean {
  return tested !== null;
}

function pairOf(records: Records, first: Member, second: Member, stage: string) {
  const [a, b] = [predictionsOf(records, first, stage), predictionsOf(records, second, stage)];
  return a === null || b === null ? null : pairPredictions(a, b);
}

export function predictionsOf(records: Records, member: Member, stage: string) {
  for (const [name, output] of Object.entries(member.stages.get(stage)?.action?.outputs ?? {}))
    if (PREDICTIONS.test(name)) return readPredictions(records.file(output));
  return null;
}

function recordedMetrics(first: Member, second: Member): MetricChange[] {
  return eachMetric([first], [second], ([a], [b]) => ({
    first: a === undefined ? null : { value: a },
    second: b === undefined ? null : { value: b },
    difference: a === undefined || b === undefined ? null : b - a,
    tested: null,
  }));
}

/** Two trials of one cross-validation: Nadeau and Bengio's test over the same folds. */
function byFolds(first: Member, second: Member): MetricChange[] {
  const [a, b] = [first.folds, second.folds];
  const stage = [...second.stages.keys()][0];
  if (a === undefined || b === undefined || stage === undefined || a.perRepeat < 2) return [];
  if (a.cells.join() !== b.cells.join()) return [];
  return [...a.scores].flatMap(([name, scores]): MetricChange[] => {
    const others = b.scores.get(name);
    if (others === undefined) return [];
    const testShare = 1 / (a.perRepeat - 1);
    const made = correctedResampledT(
      scores.map((each, place) => (others[place] as number) - each),
      testShare,
    );
    if (made === null) return [];
    const { difference, low, high, p } = made;
    const tested: Tested = { low, high, p, corrected: p, test: 'corrected-resampled-t' };
    return [
      { stage, name, first: measured(scores, testShare), second: measured(others, testShare), difference, tested },
    ];
  });
}

function bySeeds(first: readonly Member[], second: readonly Member[]): MetricChange[] {
  return eachMetric(first, second, (a, b, stage) => {
    // A number that no seed moves, such as the size of a network, is no matter of chance.
    const isFixed = spread(a) === 0 && spread(b) === 0;
    const made = isFixed || shareResults(first, second, stage) ? null : compareSeeds(a, b);
    return {
      first: measured(a),
      second: measured(b),
      difference: a.length === 0 || b.length === 0 ? null : spreadOf(b).mean - spreadOf(a).mean,
      tested: made === null ? null : { low: made.low, high: made.high, p: made.p, corrected: made.p, test: made.test },
    };
  });
}

/** Whether a result of one side is one of the other's, too: draws that are the same draw are not independent. */
export function shareResults(first: readonly Member[], second: readonly Member[], stage: string): boolean {
  const keys = new Set(first.map(({ stages }) => stages.get(stage)?.key));
  return second.some(({ stages }) => stages.has(stage) && keys.has(stages.get(stage)?.key));
}

function spread(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.max(...values) - Math.min(...values);
}

/** Mean, spread and Student interval over repetitions, or over folds. @param testShare  see `spreadOf`. */
export function measured(values: readonly number[], testShare = 0): Measured | null {
  if (values.length === 0) return null;
  const { count, mean, sd, interval } = spreadOf(values, testShare);
  return sd === null ? { value: mean } : { value: mean, ...interval, sd, count };
}

type Values = (number | undefined)[];

function eachMetric(
  first: readonly Member[],
  second: readonly Member[],
  make: (a: number[], b: number[], stage: string) => Omit<MetricChange, 'stage' | 'name'>,
): MetricChange[] {
  const [a, b] = [first[0], second[0]];
  if (a === undefined || b === undefined) return [];
  const valuesOf = (members: readonly Member[], stage: string, name: string) =>
    (members.map((each) => each.stages.get(stage)?.metrics[name]) satisfies Values).filter(
      (each) => each !== undefined,
    );
  return testLast(a, b).flatMap((stage) => {
    const names = new Set([
      ...Object.keys(a.stages.get(stage)?.metrics ?? {}),
      ...Object.keys(b.stages.get(stage)?.metrics ?? {}),
    ]);
    return [...names].map((name) => ({
      stage,
      name: shortName(name),
      ...make(valuesOf(first, stage, name), valuesOf(second, stage, name), stage),
    }));
  });
}

/** `metrics.json:loss` -> `loss`: which file a number stands in matters only where a stage has several. */
export function shortName(path: string): string {
  return path.slice(path.indexOf(':') + 1);
}
