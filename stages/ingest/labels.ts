/** Where the labels and given splits of images come from: their folders, or a table. */
import type { DatasetInfo } from '../../src/generated/dataset.ts';
import type { Sample } from '../../src/generated/sample.ts';
import type { IngestParams } from '../../src/generated/stages/ingest.ts';
import { type Filled, StageError } from '../../src/sdk/index.ts';
import { readLabelTable } from './label-table.ts';
import type { Listing } from './list-images.ts';

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

/** What is given for each image; images that a table does not name are left out, rows of files not asked for are passed over. */
export function givenFor(
  listing: Listing,
  source: Source,
  tables: Readonly<Record<string, string>>,
): Map<string, Given> {
  const { labels, splits, groups } = source;
  if (labels === 'csv' || labels === 'jsonl')
    return givenByTable(listing, labels, source, tables[labels] ?? tables.table);
  if (splits === 'table' || groups === 'table') {
    const [param, column] = splits === 'table' ? ['splits', 'split'] : ['groups', 'group'];
    throw new StageError(`\`${param}: table\` needs a label table`, {
      code: 'E0803',
      hint: `give \`labels: csv\` and a table with the columns \`file,label,${column}\``,
    });
  }
  return new Map(
    listing.images.map((file) => {
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

function givenByTable(
  { images, isAsked }: Listing,
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
  const known = new Set(images);
  const given = new Map<string, Given>();
  let unknown: string | null = null;
  let unknownRows = 0;
  for (const { file, labels, split, group, time } of readLabelTable(table, format)) {
    if (!known.has(file)) {
      if (!isAsked(file)) continue;
      unknown ??= file;
      unknownRows++;
      continue;
    }
    const before = given.get(file);
    const folders = file.split('/').slice(0, -1);
    const side = splits === 'none' ? {} : { split: splitNamed(splits === 'table' ? split : folders[0], file) };
    if (before?.split !== undefined && before.split !== side.split) {
      throw new StageError(`the label table puts \`${file}\` into ${before.split} and into ${side.split}`, {
        code: 'E0803',
        hint: 'give every image one split',
      });
    }
    const named = groups === 'table' ? group : folders.at(-1);
    given.set(file, {
      labels: before === undefined ? labels : union(before.labels, labels),
      ...side,
      ...(groups === 'none' ? {} : groupNamed(named, [], file)),
      ...(time === undefined || time === '' ? {} : { time }),
    });
  }
  if (unknown === null) return given;
  const more = unknownRows > 1 ? `; ${unknownRows} rows in all name none` : '';
  throw new StageError(`the label table names \`${unknown}\`, which is no image below \`source\`${more}`, {
    code: 'E0803',
    hint: 'write paths relative to `source`, with forward slashes; rows of files that `include` leaves out do no harm',
  });
}

/** Both sorted, as the result. Tables with a row for each label mostly repeat what is known. */
function union(known: readonly string[], more: readonly string[]): readonly string[] {
  return more.every((label) => known.includes(label)) ? known : [...new Set([...known, ...more])].sort();
}

export function taskOf(samples: readonly Sample[], classes: readonly string[]): DatasetInfo['task'] {
  if (classes.length > 0 && samples.some(({ labels }) => labels.length !== 1)) return 'multi-label';
  return classes.length === 2 ? 'binary' : 'multi-class';
}
