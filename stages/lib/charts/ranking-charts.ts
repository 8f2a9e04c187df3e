/** ROC and precision-recall curves as charts: one line a class, thinned to what can be seen. */
import { type Chart, type ChartRow, REFERENCE } from '../../../src/sdk/charts/index.ts';
import { areaUnderRoc, averagePrecision, type Ranking, type Step, stepsOf } from '../metrics/ranking.ts';

export interface NamedRanking {
  readonly name: string;
  readonly ranking: Ranking;
}

/** More lines than this cannot be told apart; those of the worst areas are shown. */
const MOST_LINES = 8;
/** Points of a line; a curve of as many pixels shows no more. */
const MOST_POINTS = 120;

export function rankingCharts(rankings: readonly NamedRanking[]): Chart[] {
  return [rocChart(rankings), precisionRecallChart(rankings)].filter(({ rows }) => rows.length > 0);
}

function rocChart(all: readonly NamedRanking[]): Chart {
  const shown = worst(all, ({ ranking }) => areaUnderRoc(ranking));
  const rows = shown.flatMap(({ name, ranking }) => {
    const { truePositives: positives, falsePositives: negatives } = totals(ranking);
    const start = { class: name, falsePositiveRate: 0, truePositiveRate: 0, from: 1 };
    return [
      start,
      ...thinned(ranking).map(({ score, truePositives, falsePositives }) => ({
        class: name,
        falsePositiveRate: rounded(falsePositives / negatives),
        truePositiveRate: rounded(truePositives / positives),
        from: rounded(score),
      })),
    ];
  });
  return curveChart(
    'roc',
    'ROC curve',
    rows,
    ['falsePositiveRate', 'false positive rate'],
    ['truePositiveRate', 'true positive rate'],
    {
      description: `ROC curves; area ${areasText(shown, areaUnderRoc)}.`,
      diagonal: true,
    },
  );
}

function precisionRecallChart(all: readonly NamedRanking[]): Chart {
  const shown = worst(all, ({ ranking }) => averagePrecision(ranking));
  const rows = shown.flatMap(({ name, ranking }) => {
    const { truePositives: positives } = totals(ranking);
    return thinned(ranking).map(({ score, truePositives, falsePositives }) => ({
      class: name,
      recall: rounded(truePositives / positives),
      precision: rounded(truePositives / (truePositives + falsePositives)),
      from: rounded(score),
    }));
  });
  return curveChart(
    'precision-recall',
    'Precision and recall',
    rows,
    ['recall', 'recall'],
    ['precision', 'precision'],
    {
      description: `Precision by recall; average precision ${areasText(shown, averagePrecision)}.`,
      diagonal: false,
    },
  );
}

function curveChart(
  name: string,
  title: string,
  rows: readonly ChartRow[],
  [x, xTitle]: readonly [string, string],
  [y, yTitle]: readonly [string, string],
  { description, diagonal }: { readonly description: string; readonly diagonal: boolean },
): Chart {
  const unit = { domain: [0, 1], nice: false };
  const classes = [...new Set(rows.map((row) => String(row.class)))];
  return {
    name,
    rows,
    spec: {
      title,
      description,
      width: 320,
      height: 320,
      layer: [
        ...(diagonal
          ? [
              {
                data: { values: [0, 1].map((each) => ({ [x]: each, [y]: each })) },
                mark: { type: 'line', strokeDash: [2, 3], strokeWidth: 1, color: REFERENCE, tooltip: null },
                encoding: { x: { field: x, type: 'quantitative' }, y: { field: y, type: 'quantitative' } },
              },
            ]
          : []),
        {
          mark: { type: 'line', interpolate: diagonal ? 'linear' : 'step-before' },
          params: [{ name: 'picked', select: { type: 'point', fields: ['class'] }, bind: 'legend' }],
          encoding: {
            x: { field: x, type: 'quantitative', title: xTitle, scale: unit },
            y: { field: y, type: 'quantitative', title: yTitle, scale: unit },
            color: {
              field: 'class',
              type: 'nominal',
              sort: classes,
              title: null,
              legend: { orient: 'bottom', columns: 3, symbolType: 'stroke' },
            },
            opacity: { condition: { param: 'picked', value: 1 }, value: 0.12 },
            tooltip: [
              { field: 'class', type: 'nominal' },
              { field: x, type: 'quantitative', title: xTitle, format: '.3f' },
              { field: y, type: 'quantitative', title: yTitle, format: '.3f' },
              { field: 'from', type: 'quantitative', title: 'from probability', format: '.3f' },
            ],
          },
        },
      ],
    },
  };
}

/** Classes that have an area, the smallest first, in the order they came. */
function worst(all: readonly NamedRanking[], areaOf: (each: NamedRanking) => number): readonly NamedRanking[] {
  const known = all.map((each) => ({ each, area: areaOf(each) })).filter(({ area }) => !Number.isNaN(area));
  const kept = new Set([...known].sort((a, b) => a.area - b.area).slice(0, MOST_LINES));
  return known.filter((each) => kept.has(each)).map(({ each }) => each);
}

function totals(ranking: Ranking): Step {
  return stepsOf(ranking).at(-1) ?? { score: 0, truePositives: 0, falsePositives: 0 };
}

/** Evenly spaced steps, the last among them. */
function thinned(ranking: Ranking): Step[] {
  const steps = stepsOf(ranking);
  const stride = Math.max(1, Math.ceil(steps.length / MOST_POINTS));
  return steps.filter((_, i) => i % stride === 0 || i === steps.length - 1);
}

/** Millionths are more than a curve of hundreds of samples can tell. */
function rounded(value: number): number {
  return Number(value.toFixed(6));
}

function areasText(rankings: readonly NamedRanking[], areaOf: (ranking: Ranking) => number): string {
  return rankings.map(({ name, ranking }) => `${name} ${areaOf(ranking).toFixed(3)}`).join(', ');
}
