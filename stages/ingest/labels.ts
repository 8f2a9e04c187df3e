/** Where the labels of an image come from. */
import fs from 'node:fs';
import type { DatasetInfo } from '../../src/generated/dataset.ts';
import type { Sample } from '../../src/generated/sample.ts';
import { StageError } from '../../src/sdk/index.ts';
import { parseCsv } from '../lib/csv.ts';

/** The first folder of the path is the class. */
export function labelsByFolder(file: string): string[] {
  const end = file.indexOf('/');
  if (end > 0) return [file.slice(0, end)];
  throw new StageError(`\`${file}\` lies in no class folder`, {
    code: 'E0802',
    hint: 'move it into the folder of its class, or give `labels: csv` and a table',
  });
}

/** Labels of each image the table names; images it does not name are left out. */
export function labelsByTable(table: string | undefined, images: readonly string[]): Map<string, string[]> {
  if (table === undefined) {
    throw new StageError('`labels: csv` needs a table', { code: 'E0803', hint: 'add `csv: data/labels.csv`' });
  }
  const [header, ...rows] = parseCsv(fs.readFileSync(table, 'utf8'));
  const fileColumn = header?.indexOf('file') ?? -1;
  const labelColumn = header?.indexOf('label') ?? -1;
  if (fileColumn < 0 || labelColumn < 0) {
    throw new StageError(
      `the label table has the columns \`${(header ?? []).join(',')}\`, expected \`file\` and \`label\``,
      {
        code: 'E0803',
        hint: 'name the columns in its first line: `file,label`',
      },
    );
  }
  const known = new Set(images);
  const labels = new Map<string, string[]>();
  for (const row of rows) {
    const file = row[fileColumn] ?? '';
    if (!known.has(file)) {
      throw new StageError(`the label table names \`${file}\`, which is no image below \`source\``, {
        code: 'E0803',
        hint: 'write paths relative to `source`, with forward slashes',
      });
    }
    const names = (row[labelColumn] ?? '').split(';').map((name) => name.trim());
    labels.set(file, [...new Set([...(labels.get(file) ?? []), ...names.filter((name) => name !== '')])].sort());
  }
  return labels;
}

export function taskOf(samples: readonly Sample[], classes: readonly string[]): DatasetInfo['task'] {
  if (samples.some(({ labels }) => labels.length !== 1)) return 'multi-label';
  return classes.length === 2 ? 'binary' : 'multi-class';
}
