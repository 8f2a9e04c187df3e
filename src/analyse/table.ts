/**
 * The table of a paper from experiments: a row each, repetitions with other seeds in one row, every row with the runs it
 * comes from. Nothing is typed in: values, differences, tests and marks all follow from records.
 */
import { isJsonObject, type Json } from '../base/json.ts';
import type { Measured } from '../generated/diff.ts';
import type { Table, TableRow } from '../generated/table.ts';
import { isInterval } from '../record/metric-values.ts';
import { measured } from './compare-metrics.ts';
import { costOf } from './cost.ts';
import { isLess, type MetricValue, metricValue, stagesWith } from './metric-choice.ts';
import type { Records } from './records.ts';
import { holm } from './statistics/holm.ts';
import { wilson } from './statistics/proportion.ts';
import type { Member } from './subject.ts';
import { runsOf } from './subject.ts';
import { compareRows } from './table-tests.ts';
import { changedValues, type Variant } from './variants.ts';

/** @param variants  with results that have the metric; the reference is one of them. */
export function tableOf(records: Records, variants: readonly Variant[], reference: Variant, metric: string): Table {
  const goal = isLess(metric) ? 'minimize' : 'maximize';
  const drafts = variants.map((variant) => draftRow(variant, metric, goal));
  const tests = variants.map((variant) =>
    variant === reference ? null : compareRows(records, reference, variant, metric),
  );
  const corrected = holm(tests.map((each) => each?.p ?? null));
  const base = drafts[variants.indexOf(reference)]?.score.value ?? Number.NaN;
  const ranked = [...new Set(drafts.map(({ score }) => score.value))].sort((a, b) =>
    goal === 'maximize' ? b - a : a - b,
  );
  const rows = drafts.map((draft, place): TableRow => {
    const test = tests[place] ?? null;
    return {
      ...draft,
      isBest: draft.score.value === ranked[0],
      isSecond: draft.score.value === ranked[1],
      difference: variants[place] === reference ? null : draft.score.value - base,
      tested: test === null ? null : { ...test, corrected: corrected[place] ?? test.p },
      isPareto: isUndominated(draft, drafts, goal),
    };
  });
  const [member] = reference.members;
  const found = member === undefined ? null : metricValue(member, metric);
  if (member === undefined || found === null) throw new Error('a reference has the metric');
  const { stage, name } = found;
  const others = stagesWith(member, name).filter((each) => each !== `${stage}:${name}`);
  return { version: 1, metric: name, stage, others, goal, reference: reference.name, rows };
}

type Draft = Omit<TableRow, 'isBest' | 'isSecond' | 'difference' | 'tested' | 'isPareto'>;

function draftRow(variant: Variant, metric: string, goal: Table['goal']): Draft {
  const { name, names, members } = variant;
  const scores = members.flatMap((member) => metricValue(member, metric)?.value ?? []);
  const { seconds, parameters } = costOf(members);
  const score = scoreOf(members, metric, scores);
  return {
    name,
    members: names.filter((each) => members.some(({ experiment }) => experiment === each)),
    values: changedValues(variant),
    score,
    loss: meanMetric(members, metric, 'loss'),
    parameters,
    ratio: parameters === null || parameters === 0 || goal === 'minimize' ? null : score.value / parameters,
    seconds,
    runs: runsOf(members),
  };
}

/**
 * Of repetitions the Student interval of the mean. Of a single result the interval recorded with it, which knows what its images
 * have to do with each other; else of an accuracy Wilson's, when the number of samples is known.
 */
function scoreOf(members: readonly Member[], metric: string, scores: readonly number[]): Measured {
  const score = measured(scores) ?? { value: Number.NaN };
  const [member] = members;
  if (scores.length !== 1 || member === undefined) return score;
  const found = metricValue(member, metric);
  const recorded = found === null ? null : recordedInterval(member, found);
  if (recorded !== null) return { ...score, ...recorded };
  if (found?.name !== 'accuracy') return score;
  const samples = besides(member, metric, 'images') ?? besides(member, metric, 'samples');
  if (samples === undefined) return score;
  const hits = Math.round(score.value * samples);
  return Math.abs(hits / samples - score.value) < 1e-9 ? { ...score, ...wilson(hits, samples) } : score;
}

function recordedInterval({ stages }: Member, { stage, name }: MetricValue) {
  for (const metrics of Object.values(stages.get(stage)?.action?.metrics ?? {})) {
    let value: Json | undefined = metrics;
    for (const part of name.split('.')) value = isJsonObject(value) ? value[part] : undefined;
    if (value !== undefined && isInterval(value)) return { low: value.low, high: value.high };
  }
  return null;
}

/** Another number of the stage that has the metric; where it has none, of any. */
function besides(member: Member, metric: string, name: string): number | undefined {
  const stage = metricValue(member, metric)?.stage;
  return (metricValue(member, `${stage}:${name}`) ?? metricValue(member, name))?.value;
}

function meanMetric(members: readonly Member[], metric: string, name: string): number | null {
  const values = members.flatMap((member) => besides(member, metric, name) ?? []);
  return values.length === 0 || values.length < members.length ? null : (measured(values)?.value ?? null);
}

function isUndominated(row: Draft, rows: readonly Draft[], goal: Table['goal']): boolean {
  if (row.parameters === null) return false;
  const sign = goal === 'maximize' ? 1 : -1;
  const better = (a: Draft, b: Draft) => sign * a.score.value - sign * b.score.value;
  return !rows.some(
    (other) =>
      other.parameters !== null &&
      row.parameters !== null &&
      better(other, row) >= 0 &&
      other.parameters <= row.parameters &&
      (better(other, row) > 0 || other.parameters < row.parameters),
  );
}
