/** What came of a split: the table by class, and the line on the screen. */
import type { Sample } from '../../src/generated/sample.ts';
import type { SplitParams } from '../../src/generated/stages/split.ts';
import type { Filled } from '../../src/sdk/index.ts';
import { formatCsv } from '../lib/csv.ts';
import { isOriginal } from '../lib/dataset/read-dataset.ts';
import { SPLITS } from './assign.ts';

interface Column {
  readonly name: string;
  /** Whether a class without samples there is worth a word. */
  readonly isWanted: boolean;
  readonly samples: readonly Sample[];
}

/** Samples of each class in each split, and originals in each fold: those are what it validates on. */
export function splitTable(classes: readonly string[], samples: readonly Sample[], folds: number): string {
  const columns = [...splitsOf(samples, []), ...foldColumns(samples, folds)];
  const rows = classes.map((label) => [label, ...columns.map((column) => countOf(column, label))]);
  return formatCsv(['class', ...columns.map(({ name }) => name)], rows);
}

/** Sizes, and classes that are missing somewhere. */
export function describeSplit(
  classes: readonly string[],
  samples: readonly Sample[],
  params: Filled<SplitParams>,
): string[] {
  const folds = foldColumns(samples, params.folds ?? 0);
  const wanted = SPLITS.filter((name) => params[name] > 0);
  const splits = splitsOf(samples, wanted);
  const shown = folds.length === 0 ? splits : [...splits.filter(({ name }) => name === 'test'), ...folds];
  const missing = shown.flatMap((column) =>
    column.isWanted
      ? classes.filter((label) => countOf(column, label) === 0).map((label) => `no \`${label}\` in ${column.name}`)
      : [],
  );
  return [folds.length === 0 ? sizes(splits) : `${inFolds(folds)}, ${sizes(shown.slice(0, 1))}`, ...missing];
}

function splitsOf(samples: readonly Sample[], wanted: readonly string[]): Column[] {
  return SPLITS.map((name) => ({
    name,
    isWanted: wanted.includes(name),
    samples: samples.filter(({ split }) => split === name),
  }));
}

function foldColumns(samples: readonly Sample[], folds: number): Column[] {
  return Array.from({ length: folds }, (_, number) => ({
    name: `fold ${number}`,
    isWanted: true,
    samples: samples.filter((sample) => sample.fold === number && isOriginal(sample)),
  }));
}

function countOf({ samples }: Column, label: string): number {
  return samples.filter(({ labels }) => labels.includes(label)).length;
}

function sizes(columns: readonly Column[]): string {
  return columns.map(({ name, samples }) => `${samples.length} ${name}`).join(', ');
}

function inFolds(folds: readonly Column[]): string {
  const counts = folds.map(({ samples }) => samples.length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const total = counts.reduce((sum, count) => sum + count, 0);
  return `${total} in ${folds.length} folds of ${least === most ? least : `${least} to ${most}`}`;
}
