/** One row of a table against its reference: on the same samples where each has one model, over seeds where one has several. */
import type { Tested } from '../generated/diff.ts';
import { predictionsOf, shareResults } from './compare-metrics.ts';
import { metricValue } from './metric-choice.ts';
import { pairPredictions } from './paired-predictions.ts';
import { testedMetrics } from './paired-tests.ts';
import type { PredictionTable } from './predictions.ts';
import type { Records } from './records.ts';
import { compareSeeds } from './statistics/repeats.ts';
import type { Member } from './subject.ts';
import type { Variant } from './variants.ts';

/** Null where nothing is recorded that a test could use, and where a row shares a training with the reference. */
export function compareRows(records: Records, reference: Variant, row: Variant, metric: string): Tested | null {
  const [a, b] = [reference.members, row.members];
  const [first, second] = [a[0], b[0]];
  const found = second === undefined ? null : metricValue(second, metric);
  if (first === undefined || second === undefined || found === null) return null;
  const { stage } = found;
  if (a.length > 1 || b.length > 1) {
    const scores = (members: readonly Member[]) => members.flatMap((each) => metricValue(each, metric)?.value ?? []);
    const made = shareResults(a, b, stage) ? null : compareSeeds(scores(a), scores(b));
    if (made === null) return null;
    return { low: made.low, high: made.high, p: made.p, corrected: made.p, test: made.test };
  }
  const [before, now] = [predictionsFor(records, first, stage), predictionsFor(records, second, stage)];
  const pairing = before === null || now === null ? null : pairPredictions(before, now);
  const tested = pairing === null ? [] : testedMetrics(pairing);
  return tested.find(({ name }) => name === found.name)?.tested ?? null;
}

/** One reference is compared with many rows: its file is read once. */
const read = new WeakMap<Member, Map<string, PredictionTable | null>>();

function predictionsFor(records: Records, member: Member, stage: string): PredictionTable | null {
  const known = read.get(member) ?? new Map<string, PredictionTable | null>();
  read.set(member, known);
  const table = known.get(stage) ?? predictionsOf(records, member, stage);
  known.set(stage, table);
  return table;
}
