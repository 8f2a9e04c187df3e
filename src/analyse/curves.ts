/**
 * Learning curves of two results over each other: the columns of their `history.csv`, line by line; of repetitions, and of the folds of
 * one training, the mean.
 */
import fs from 'node:fs';
import type { Curve } from '../generated/diff.ts';
import { stageNames } from './compare-stages.ts';
import type { Records } from './records.ts';
import type { Member } from './subject.ts';

const HISTORY = /(^|\/)history\.csv$/;
/** Columns that count, not measure. */
const COUNTERS = new Set(['epoch', 'step', 'fold']);

type Columns = ReadonlyMap<string, (number | null)[]>;

/** Only of stages whose results differ: equal curves show nothing. */
export function compareCurves(records: Records, first: readonly Member[], second: readonly Member[]): Curve[] {
  const [one, other] = [first[0], second[0]];
  if (one === undefined || other === undefined) return [];
  const keysOf = (members: readonly Member[], stage: string) =>
    members.map(({ stages }) => stages.get(stage)?.key).join();
  const meanOf = (members: readonly Member[], stage: string) =>
    meanColumns(members.map((member) => historyOf(records, member, stage)));
  return stageNames(one, other).flatMap((stage) => {
    if (keysOf(first, stage) === keysOf(second, stage)) return [];
    const [a, b] = [meanOf(first, stage), meanOf(second, stage)];
    const names = new Set([...a.keys(), ...b.keys()]);
    return [...names].map((name) => ({ stage, name, first: a.get(name) ?? [], second: b.get(name) ?? [] }));
  });
}

/** As long as the shortest: beyond, the mean would be one of others. */
function meanColumns(histories: readonly Columns[]): Columns {
  const [first = new Map(), ...others] = histories;
  if (others.length === 0) return first;
  const means = new Map<string, (number | null)[]>();
  for (const name of first.keys()) {
    const columns = histories.map((each) => each.get(name) ?? []);
    const length = Math.min(...columns.map((each) => each.length));
    means.set(
      name,
      Array.from({ length }, (_, line) => {
        const values = columns.flatMap((each) => each[line] ?? []);
        return values.length < columns.length ? null : values.reduce((sum, each) => sum + each, 0) / values.length;
      }),
    );
  }
  return means;
}

function historyOf(records: Records, member: Member, stage: string): Columns {
  for (const [name, output] of Object.entries(member.stages.get(stage)?.action?.outputs ?? {})) {
    const file = HISTORY.test(name) ? records.file(output) : null;
    if (file !== null) return meanColumns(heldOn(byFold(fs.readFileSync(file, 'utf8')).map(columnsOf)));
  }
  return new Map();
}

/** The lines of each fold, under the header; one part where there are no folds. Histories have no quoted fields. */
function byFold(text: string): string[][] {
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
  const place = header.split(',').indexOf('fold');
  const parts = new Map<string, string[]>();
  for (const line of lines) {
    const fold = place < 0 ? '' : (line.split(',')[place] ?? '');
    const part = parts.get(fold) ?? [header];
    part.push(line);
    parts.set(fold, part);
  }
  return parts.size === 0 ? [[header]] : [...parts.values()];
}

/** To the length of the longest: a training that had ended keeps its last value, as in a search. */
function heldOn(histories: readonly Columns[]): Columns[] {
  const length = Math.max(...histories.flatMap((columns) => [...columns.values()].map((each) => each.length)), 0);
  return histories.map(
    (columns) =>
      new Map(
        [...columns].map(([name, values]) => [
          name,
          [...values, ...new Array<number | null>(length - values.length).fill(values.at(-1) ?? null)],
        ]),
      ),
  );
}

/** Columns of numbers; a field that is none is null. */
function columnsOf([header = '', ...lines]: readonly string[]): Columns {
  const columns = new Map<string, (number | null)[]>();
  const rows = lines.map((line) => line.split(','));
  header.split(',').forEach((name, place) => {
    if (COUNTERS.has(name)) return;
    const values = rows.map((row) => {
      const field = row[place] ?? '';
      const value = Number(field);
      return field === '' || !Number.isFinite(value) ? null : value;
    });
    if (values.some((value) => value !== null)) columns.set(name, values);
  });
  return columns;
}
