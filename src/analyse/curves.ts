/** Learning curves of two results over each other: the columns of their `history.csv`, line by line; of repetitions, the mean. */
import fs from 'node:fs';
import type { Curve } from '../generated/diff.ts';
import { stageNames } from './compare-stages.ts';
import type { Records } from './records.ts';
import type { Member } from './subject.ts';

const HISTORY = /(^|\/)history\.csv$/;
/** The column that counts, not measures. */
const COUNTERS = new Set(['epoch', 'step']);

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
    if (file !== null) return columnsOf(fs.readFileSync(file, 'utf8'));
  }
  return new Map();
}

/** Columns of numbers; a field that is none is null. Histories have no quoted fields. */
function columnsOf(text: string): Columns {
  const [header = '', ...lines] = text.split(/\r?\n/).filter((line) => line !== '');
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
