/** Where the labels and given splits of images come from: their folders, or a table. */
import fs from 'node:fs';
import type { DatasetInfo } from '../../src/generated/dataset.ts';
import type { Sample } from '../../src/generated/sample.ts';
import type { IngestParams } from '../../src/generated/stages/ingest.ts';
import { type Filled, StageError } from '../../src/sdk/index.ts';
import { parseCsv } from '../lib/csv.ts';

export type SplitName = NonNullable<Sample['split']>;

/** Members that are not given are not there. */
export interface Given extends Pick<Sample, 'split' | 'group' | 'time'> {
  readonly labels: readonly string[];
}

type Source = Pick<Filled<IngestParams>, 'labels' | 'splits' | 'groups'>;

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
  source: Source,
  tables: Readonly<Record<string, string>>,
): Map<string, Given> {
  const { labels, splits, groups } = source;
  if (labels === 'csv' || labels === 'jsonl') return givenByTable(images, labels, source, tables[labels] ?? tables.table);
  if (splits === 'table' || groups === 'table') {
    const [param, column] = splits === 'table' ? ['splits', 'split'] : ['groups', 'group'];
    throw new StageError(`\`${param}: table\` needs a label table`, {
      code: 'E0803',
      hint: `give \`labels: csv\` and a table with the columns \`file,label,${column}\``,
    });
  }
  return new Map(
    images.map((file) => {
      const folders = file.split('/').slice(0, -1);
      const split = splits === 'folders' ? { split: splitNamed(folders.shift(), file) } : {};
      const names = labels === 'none' ? [] : [classFolder(folders.shift(), file)];
      return [file, { labels: names, ...split, ...(groups === 'folders' ? groupNamed(folders[0], names, file) : {}) }];
    }),
  );
}

function classFolder(name: string | undefined, file: string): string {
  if (name !== undefined) return name;
  throw new StageError(`\`${file}\` lies in no class folder`, {
    code: 'E0802',
    hint: 'move it into the folder of its class, or give `labels: csv` and a table',
  });
}

/** Groups of two classes that happen to have one name are two groups. */
function groupNamed(name: string | undefined, labels: readonly string[], file: string): { group: string } {
  if (name !== undefined && name !== '') return { group: [...labels, name].join('/') };
  throw new StageError(`\`${file}\` is given no group`, {
    code: 'E0803',
    hint: 'put the files of one group into a folder of their own, fill the column `group`, or use `groups: none`',
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
  readonly group: string | undefined;
  readonly time: string | undefined;
}

function givenByTable(
  images: readonly string[],
  format: 'csv' | 'jsonl',
  { splits, groups }: Source,
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
  for (const { file, labels, split, group, time } of format === 'csv' ? csvRows(text) : jsonRows(text)) {
    if (!known.has(file)) {
      throw new StageError(`the label table names \`${file}\`, which is no image below \`source\``, {
        code: 'E0803',
        hint: 'write paths relative to `source`, with forward slashes',
      });
    }
    const all = [...new Set([...(given.get(file)?.labels ?? []), ...labels])].sort();
    const folders = file.split('/').slice(0, -1);
    const side = splits === 'none' ? {} : { split: splitNamed(splits === 'table' ? split : folders[0], file) };
    const named = groups === 'table' ? group : folders.at(-1);
    given.set(file, {
      labels: all,
      ...side,
      ...(groups === 'none' ? {} : groupNamed(named, [], file)),
      ...(time === undefined || time === '' ? {} : { time }),
    });
  }
  return given;
}

function* csvRows(text: string): Generator<TableRow> {
  const [header = [], ...rows] = parseCsv(text);
  const place = (name: string) => header.indexOf(name);
  const [fileAt, labelAt] = [place('file'), place('label')];
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
      labels: labels.filter((name) => name !== ''),
      split: row[place('split')],
      group: row[place('group')],
      time: row[place('time')],
    };
  }
}

function* jsonRows(table: string): Generator<TableRow> {
  let line = 0;
  for (const each of table.split('\n')) {
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
    yield { file: row.file, labels, split: text(row.split), group: text(row.group), time: text(row.time) };
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
