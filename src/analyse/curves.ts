/** Learning curves of two results over each other: the columns of their `history.csv`, line by line. */
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
export function compareCurves(records: Records, first: Member, second: Member): Curve[] {
  return stageNames(first, second).flatMap((stage) => {
    if (first.stages.get(stage)?.key === second.stages.get(stage)?.key) return [];
    const [a, b] = [historyOf(records, first, stage), historyOf(records, second, stage)];
    const names = new Set([...a.keys(), ...b.keys()]);
    return [...names].map((name) => ({ stage, name, first: a.get(name) ?? [], second: b.get(name) ?? [] }));
  });
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
