/**
 * What a cross-validation leaves beside the models.
 *
 * `train.` and `validation.` are means over the folds, as in a search; `deviation` says how far folds differ, and `outOfFold` is
 * measured on all originals at once: of small folds a mean of accuracies says less than the accuracy of all.
 */
import fs from 'node:fs';
import type { HistoryRow } from '../../src/sdk/charts/index.ts';
import type { Alarm } from '../lib/training/alarms.ts';
import type { CrossValidation, FoldResult } from './train-folds.ts';
import { aligned, headlineOf, summaryTables, textOf, warnings, writeHistory } from './write-results.ts';

/** One table, the fold in its first column. @returns its rows. */
export function writeFoldHistory(file: string, { folds }: CrossValidation): HistoryRow[] {
  const history = folds.flatMap(({ fold, history: rows }) => rows.map((row) => ({ fold, ...row })));
  writeHistory(file, { history });
  return history;
}

export function writeFoldMetrics(file: string, { folds, best, isSeenOnce, outOfFold, images }: CrossValidation): void {
  const [fitted, held] = [scoreColumns(folds, 'train'), scoreColumns(folds, 'validation')];
  const { summary, shared } = best;
  const again = folds.length - 1;
  const metrics = {
    ...Object.fromEntries([...held, ...fitted].map((name) => [name, meanOf(folds, name)])),
    deviation: Object.fromEntries(held.map((name) => [name, deviationOf(folds, name)])),
    folds: folds.length,
    bestFold: { fold: best.fold, keptEpoch: best.keptEpoch },
    epochs: folds.reduce((sum, { epochs }) => sum + epochs, 0),
    parameters: summary.totalParams + again * (summary.totalParams - shared.params),
    flops: summary.flops + again * (summary.flops - (isSeenOnce ? shared.flops : 0)),
    alarms: [...new Set(alarmsOf(folds).map(({ name }) => name))],
    outOfFold: { ...outOfFold, images },
  };
  fs.writeFileSync(file, `${JSON.stringify(metrics, null, 2)}\n`);
}

/** The network that all of them are, and how each did. */
export function writeFoldSummary(jsonFile: string, textFile: string, { folds, best }: CrossValidation): void {
  const { summary } = best;
  const alarms = alarmsOf(folds);
  const each = folds.map(({ fold, images, epochs, keptEpoch, ended, kept }) => {
    const scores = Object.fromEntries(scoreColumns(folds).map((name) => [name, kept[name]]));
    return { fold, images, epochs, keptEpoch, ended, ...scores };
  });
  fs.writeFileSync(jsonFile, `${JSON.stringify({ ...summary, folds: each, alarms }, null, 2)}\n`);
  const shown = ['train.loss', 'validation.loss', 'validation.accuracy', 'validation.macroF1'].filter((name) =>
    scoreColumns(folds).includes(name),
  );
  const header = ['fold', 'images', 'epochs', 'kept', ...shown];
  const rows = folds.map(({ fold, images, epochs, keptEpoch, kept }) => [
    ...[fold, images, epochs, keptEpoch].map(String),
    ...shown.map((name) => (kept[name] ?? Number.NaN).toFixed(4)),
  ]);
  const below = (name: string, of: (column: string) => number) => [
    name,
    '',
    '',
    '',
    ...shown.map((column) => of(column).toFixed(4)),
  ];
  const table = [
    header,
    ...rows,
    below('mean', (column) => meanOf(folds, column)),
    below('deviation', (column) => deviationOf(folds, column)),
  ];
  fs.writeFileSync(textFile, textOf([...summaryTables(summary), aligned(table, 1), ...warnings(alarms)]));
}

/** One line: how good all of them are together, how far they differ, and what is wrong with any of them. */
export function describeFolds({ folds, outOfFold, images }: CrossValidation, task: string): string {
  const [metric, words] = headlineOf(task);
  const percent = (value: number) => (value * 100).toFixed(1);
  const pooled = outOfFold[metric as keyof typeof outOfFold] ?? Number.NaN;
  const column = `validation.${metric}`;
  const spread = `${percent(meanOf(folds, column))} ± ${percent(deviationOf(folds, column))} %`;
  const shown = alarmsOf(folds).filter(({ name }) => name !== 'epoch-limit' && name !== 'diverged');
  return [
    `out-of-fold ${words} ${percent(pooled)} % (${images} images), by fold ${spread} (${folds.length} folds)`,
    ...shown.slice(0, 1).map(({ text }) => `${text}${shown.length > 1 ? `, and ${shown.length - 1} more` : ''}`),
  ].join('; ');
}

function alarmsOf(folds: readonly FoldResult[]): Alarm[] {
  return folds.flatMap(({ fold, alarms }) => alarms.map(({ name, text }) => ({ name, text: `fold ${fold}: ${text}` })));
}

function scoreColumns(folds: readonly FoldResult[], split = ''): string[] {
  return Object.keys(folds[0]?.kept ?? {}).filter((name) => name.includes('.') && name.startsWith(split));
}

function meanOf(folds: readonly FoldResult[], column: string): number {
  return folds.reduce((sum, { kept }) => sum + (kept[column] ?? Number.NaN), 0) / folds.length;
}

/** Of a sample. */
function deviationOf(folds: readonly FoldResult[], column: string): number {
  const mean = meanOf(folds, column);
  const squares = folds.reduce((sum, { kept }) => sum + ((kept[column] ?? Number.NaN) - mean) ** 2, 0);
  return Math.sqrt(squares / (folds.length - 1));
}
