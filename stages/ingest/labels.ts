/** Where the labels and given splits of images come from: their folders, or a table. */
import fs from 'node:fs';
import type { DatasetInfo } from '../../src/generated/dataset.ts';
import type { Sample } from '../../src/generated/sample.ts';
import type { IngestParams } from '../../src/generated/stages/ingest.ts';
import { type Filled, StageError } from '../../src/sdk/index.ts';
import { parseCsv } from '../lib/csv.ts';

export type SplitName = NonNullable<Sample['split']>;

export interface Given {
  readonly labels: readonly string[];
  readonly split: SplitName | undefined;
}

type Source = Pick<Filled<IngestParams>, 'labels' | 'splits'>;

const SPLITS: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  val: 'validation',
  valid: 'validation',
  test: 'test',
};

/** What is given for each image; images that a table does not name are left out. */
export function givenFor(
  images: readonly string[],
  { labels, splits }: Source,
  tables: Readonly<Record<string, string>>,
): Map<string, Given> {
  if (labels === 'csv' || labels === 'jsonl') return givenByTable(images, labels, splits, tables[labels]);
  if (splits === 'table') {
    throw new StageError('`splits: table` needs a label table', {
      code: 'E0803',
      hint: 'give `labels: csv` and a table with the columns `file,label,split`',
    });
  }
  return new Map(
    images.map((file) => {
      const folders = file.split('/').slice(0, -1);
      const split = splits === 'folders' ? splitNamed(folders.shift(), file) : undefined;
      return [file, { labels: labels === 'none' ? [] : [classFolder(folders, file)], split }];
    }),
  );
}

function classFolder(folders: readonly string[], file: string): string {
  if (folders[0] !== undefined) return folders[0];
  throw new StageError(`\`${file}\` lies in no class folder`, {
    code: 'E0802',
    hint: 'move it into the folder of its class, or give `labels: csv` and a table',
  });
}

function splitNamed(name: string | undefined, file: string): SplitName {
  const split = SPLITS[name ?? ''];
  if (split !== undefined) return split;
  throw new StageError(`\`${file}\` is given the split \`${name ?? ''}\`, expected train, validation or test`, {
    code: 'E0803',
    hint: 'name the folder or the entry `train`, `validation` or `test`, or use `splits: none`',
  });
}

interface TableRow {
  readonly file: string;
  readonly labels: readonly string[];
  readonly split: string | undefined;
}

function givenByTable(
  images: readonly string[],
  format: 'csv' | 'jsonl',
  splits: Source['splits'],
  table: string | undefined,
): Map<string, Given> {
  if (table === undefined) {
    throw new StageError(`\`labels: ${format}\` needs a table`, {
      code: 'E0803',
      hint: `add \`${format}: data/labels.${format}\``,
    });
  }
  const text = fs.readFileSync(table, 'utf8');
  const known = new Set(images);
  const given = new Map<string, Given>();
  for (const { file, labels, split } of format === 'csv' ? csvRows(text) : jsonRows(text)) {
    if (!known.has(file)) {
      throw new StageError(`the label table names \`${file}\`, which is no image below \`source\``, {
        code: 'E0803',
        hint: 'write paths relative to `source`, with forward slashes',
      });
    }
    const all = [...new Set([...(given.get(file)?.labels ?? []), ...labels])].sort();
    const side =
      splits === 'table'
        ? splitNamed(split, file)
        : splits === 'folders'
          ? splitNamed(file.split('/')[0], file)
          : undefined;
    given.set(file, { labels: all, split: side });
  }
  return given;
}

function* csvRows(text: string): Generator<TableRow> {
  const [header = [], ...rows] = parseCsv(text);
  const [fileAt, labelAt, splitAt] = ['file', 'label', 'split'].map((name) => header.indexOf(name)) as [
    number,
    number,
    number,
  ];
  if (fileAt < 0 || labelAt < 0) {
    throw new StageError(`the label table has the columns \`${header.join(',')}\`, expected \`file\` and \`label\``, {
      code: 'E0803',
      hint: 'name the columns in its first line: `file,label`',
    });
  }
  for (const row of rows) {
    const labels = (row[labelAt] ?? '').split(';').map((name) => name.trim());
    yield { file: row[fileAt] ?? '', labels: labels.filter((name) => name !== ''), split: row[splitAt] };
  }
}

function* jsonRows(text: string): Generator<TableRow> {
  let line = 0;
  for (const each of text.split('\n')) {
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
    yield { file: row.file, labels, split: typeof row.split === 'string' ? row.split : undefined };
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

export function taskOf(samples: readonly Sample[], classes: readonly string[]): DatasetInfo['task'] {
  if (classes.length > 0 && samples.some(({ labels }) => labels.length !== 1)) return 'multi-label';
  return classes.length === 2 ? 'binary' : 'multi-class';
}
