/** Reads label tables a row at a time: CSV or JSON lines of any length. */
import { StageError } from '../../src/sdk/index.ts';
import { csvRows } from '../lib/csv.ts';
import { readLines, readPieces } from '../lib/read-text.ts';

export interface TableRow {
  readonly file: string;
  /** Each once, sorted. */
  readonly labels: readonly string[];
  readonly split: string | undefined;
  readonly group: string | undefined;
  readonly time: string | undefined;
}

export function readLabelTable(file: string, format: 'csv' | 'jsonl'): Generator<TableRow> {
  return format === 'csv' ? rowsOfCsv(file) : rowsOfJson(file);
}

function* rowsOfCsv(file: string): Generator<TableRow> {
  const rows = csvRows(readPieces(file));
  const header = rows.next().value ?? [];
  const place = (name: string) => header.indexOf(name);
  const [fileAt, labelAt] = [place('file'), place('label')];
  const [splitAt, groupAt, timeAt] = [place('split'), place('group'), place('time')];
  if (fileAt < 0 || labelAt < 0) {
    throw new StageError(`the label table has the columns \`${header.join(',')}\`, expected \`file\` and \`label\``, {
      code: 'E0803',
      hint: 'name the columns in its first line: `file,label`',
    });
  }
  for (const row of rows) {
    const labels = (row[labelAt] ?? '').split(';').map((name) => name.trim());
    yield {
      file: row[fileAt] ?? '',
      labels: unique(labels.filter((name) => name !== '')),
      split: row[splitAt],
      group: row[groupAt],
      time: row[timeAt],
    };
  }
}

function* rowsOfJson(file: string): Generator<TableRow> {
  let line = 0;
  for (const each of readLines(file)) {
    line++;
    if (each.trim() === '') continue;
    const row = readObject(each);
    const labels = row?.labels ?? (row?.label === undefined ? undefined : [row.label]);
    const usable = Array.isArray(labels) && labels.every((label) => typeof label === 'string');
    if (row === null || typeof row.file !== 'string' || !usable) {
      throw new StageError(`line ${line} of the label table is no object with \`file\` and \`label\` or \`labels\``, {
        code: 'E0803',
        hint: '{"file": "a.jpg", "label": "ok"}',
      });
    }
    const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
    yield {
      file: row.file,
      labels: unique(labels),
      split: text(row.split),
      group: text(row.group),
      time: text(row.time),
    };
  }
}

function readObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function unique(labels: readonly string[]): string[] {
  return labels.length > 1 ? [...new Set(labels)].sort() : [...labels];
}
