/**
 * Learning curves: a metric on train and validation data after each epoch, the kept epoch marked.
 *
 * Here, and not with the stages, because reports draw them from the `history.csv` of any stage, whoever wrote it.
 */
import type { Chart, ChartRow } from './draw-chart.ts';
import { REFERENCE } from './theme.ts';

/** A row of history.csv: `epoch`, and columns such as `train.loss` and `validation.accuracy`; `fold` where there are folds. */
export type HistoryRow = Readonly<Record<string, number>>;

const SPLITS = ['train', 'validation'];
const TITLES: Readonly<Record<string, string>> = { loss: 'Loss', accuracy: 'Accuracy' };

/**
 * One chart for each metric, and one for the learning rate where it changes.
 *
 * @param metrics    names without split: `loss`. One that no column has is left out.
 * Of several folds the best is drawn strong, the others faint.
 *
 * @param keptEpoch  whose weights were kept, of folds in the best one; null: nothing is marked.
 * @param bestFold   null: folds are drawn alike.
 */
export function learningCurves(
  history: readonly HistoryRow[],
  keptEpoch: number | null,
  bestFold: number | null = null,
  metrics: readonly string[] = ['loss', 'accuracy'],
): Chart[] {
  const charts = metrics.flatMap((metric) => curveOf(history, keptEpoch, bestFold, metric) ?? []);
  // Folds may end at different epochs, and with a plateau they have rates of their own.
  const ofOne = bestFold === null ? history : history.filter(({ fold }) => fold === bestFold);
  const rates = new Set(ofOne.map(({ learningRate }) => learningRate));
  return rates.size > 1 ? [...charts, rateChart(ofOne)] : charts;
}

function curveOf(
  history: readonly HistoryRow[],
  keptEpoch: number | null,
  bestFold: number | null,
  metric: string,
): Chart | null {
  const rows: ChartRow[] = SPLITS.flatMap((split) =>
    history.flatMap((each) => {
      const value = each[`${split}.${metric}`];
      if (value === undefined) return [];
      return [{ epoch: each.epoch ?? 0, split, value, ...(each.fold === undefined ? {} : { fold: each.fold }) }];
    }),
  );
  if (rows.length === 0) return null;
  const title = TITLES[metric] ?? metric;
  const last = history.findLast(({ fold }) => bestFold === null || fold === bestFold);
  const ends = SPLITS.map((split) => [split, last?.[`${split}.${metric}`]] as const)
    .filter(([, value]) => value !== undefined)
    .map(([split, value]) => `${split} ${(value as number).toFixed(3)}`);
  const kept = keptEpoch === null ? '' : ` The weights of epoch ${keptEpoch} were kept.`;
  const which = bestFold === null ? '' : ` of fold ${bestFold}, the best, among ${countFolds(history)}`;
  return {
    name: `learning-curve-${metric.toLowerCase()}`,
    rows,
    spec: {
      title,
      description: `${title} by epoch${which}, ${history.length} rows; at the end ${ends.join(', ')}.${kept}`,
      width: 420,
      height: 240,
      layer: [
        {
          mark: { type: 'line', point: history.length <= 40 && bestFold === null ? { size: 28 } : false },
          params: [{ name: 'picked', select: { type: 'point', fields: ['split'] }, bind: 'legend' }],
          encoding: {
            x: {
              field: 'epoch',
              type: 'quantitative',
              title: 'epoch',
              axis: { tickMinStep: 1, format: 'd', grid: false },
            },
            y: { field: 'value', type: 'quantitative', title: metric, scale: { zero: false } },
            color: {
              field: 'split',
              type: 'nominal',
              sort: SPLITS,
              title: null,
              legend: { orient: 'top', symbolType: 'stroke' },
            },
            strokeDash: { field: 'split', type: 'nominal', sort: SPLITS, title: null },
            ...(history.some(({ fold }) => fold !== undefined) ? { detail: { field: 'fold', type: 'nominal' } } : {}),
            ...(bestFold === null ? {} : { size: { condition: { test: isBest(bestFold), value: 3 }, value: 1.2 } }),
            opacity: { condition: strong(bestFold), value: bestFold === null ? 0.15 : 0.3 },
            tooltip: [
              { field: 'split', type: 'nominal' },
              ...(bestFold === null ? [] : [{ field: 'fold', type: 'quantitative', format: 'd' }]),
              { field: 'epoch', type: 'quantitative' },
              { field: 'value', type: 'quantitative', title: metric, format: '.4f' },
            ],
          },
        },
        ...(keptEpoch === null ? [] : [keptMark(keptEpoch)]),
      ],
    },
  };
}

function countFolds(history: readonly HistoryRow[]): number {
  return new Set(history.map(({ fold }) => fold)).size;
}

function isBest(fold: number): string {
  return `datum.fold === ${fold}`;
}

/** When a line is drawn in full colour. */
function strong(bestFold: number | null) {
  return bestFold === null
    ? { param: 'picked', value: 1 }
    : { test: { and: [{ param: 'picked' }, isBest(bestFold)] }, value: 1 };
}

function keptMark(epoch: number) {
  return {
    data: { values: [{ epoch }] },
    mark: { type: 'rule', strokeDash: [2, 3], color: REFERENCE, tooltip: null },
    encoding: { x: { field: 'epoch', type: 'quantitative' } },
  };
}

function rateChart(history: readonly HistoryRow[]): Chart {
  return {
    name: 'learning-rate',
    rows: history.map(({ epoch = 0, learningRate = Number.NaN }) => ({ epoch, learningRate })),
    spec: {
      title: 'Learning rate',
      description: `Learning rate by epoch, from ${history[0]?.learningRate} to ${history.at(-1)?.learningRate}.`,
      width: 420,
      height: 120,
      mark: { type: 'line', interpolate: 'step-after' },
      encoding: {
        x: { field: 'epoch', type: 'quantitative', title: 'epoch', axis: { tickMinStep: 1, format: 'd', grid: false } },
        y: {
          field: 'learningRate',
          type: 'quantitative',
          title: 'learning rate',
          scale: { type: 'log' },
          axis: { format: '.0e', tickCount: 4, grid: false },
        },
        tooltip: [
          { field: 'epoch', type: 'quantitative' },
          { field: 'learningRate', type: 'quantitative', format: '.2e' },
        ],
      },
    },
  };
}
