/** From the trainings of a trial to its numbers: means, spread, and what each training gave. */
import type { Cell, Measured } from './measure-cell.ts';
import type { CellRecord, TrialRecord } from './trial-record.ts';

/** The value of a column after an epoch: of the last measured one by then. NaN when there is none. */
export function valueAtEpoch({ history }: Pick<Measured, 'history'>, metric: string, epoch: number): number {
  const record = history.findLast((each) => (each.epoch ?? 0) <= epoch) ?? history[0];
  return record?.[metric] ?? Number.NaN;
}

/** @param parts  of the first cells; of all, unless the trial was stopped before. */
export function summarizeCells(
  cells: readonly Cell[],
  parts: readonly Measured[],
  metric: string,
): Pick<TrialRecord, 'metrics' | 'deviation' | 'cells'> {
  const records = parts.map((part, place): CellRecord => {
    const { repeat, fold, seed } = cells[place] as Cell;
    const { epochs, keptEpoch, ended, kept } = part;
    const metrics = Object.entries(kept).filter(([name]) => name !== 'epoch');
    return {
      repeat,
      fold,
      seed,
      epochs,
      keptEpoch,
      ended,
      metrics: Object.fromEntries(metrics.map(([name, value]) => [name, known(value)])),
    };
  });
  const names = Object.keys(records[0]?.metrics ?? {});
  const metrics = Object.fromEntries(
    names.map((name) => [name, known(mean(records.map((each) => each.metrics[name] ?? Number.NaN)))]),
  );
  return { metrics, deviation: known(spread(records, metric)), cells: records };
}

/** Over the means of seeds when there are several, else over folds. */
function spread(records: readonly CellRecord[], metric: string): number {
  const valuesOf = (some: readonly CellRecord[]) => some.map((each) => each.metrics[metric] ?? Number.NaN);
  const seeds = [...new Set(records.map(({ seed }) => seed))];
  if (seeds.length === 1) return deviation(valuesOf(records));
  return deviation(seeds.map((seed) => mean(valuesOf(records.filter((each) => each.seed === seed)))));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample; NaN for fewer than two values. */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
