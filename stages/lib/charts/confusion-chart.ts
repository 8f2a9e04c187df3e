/** A confusion matrix as a chart: counts in cells shaded by their share of the true class. */
import { type Chart, ON_DARK, ON_LIGHT, SEQUENTIAL } from '../../../src/sdk/charts/index.ts';
import { sum } from '../metrics/class-metrics.ts';

/** Cells shrink with the number of classes; below the size of a number they hold none. */
const WIDEST_PX = 460;
const CELL_PX = { least: 14, most: 72, forText: 24 };

/** @param counts  by true class (row) and predicted class (column). */
export function confusionChart(classes: readonly string[], counts: readonly (readonly number[])[]): Chart {
  const cell = Math.min(CELL_PX.most, Math.max(CELL_PX.least, Math.floor(WIDEST_PX / Math.max(1, classes.length))));
  const rows = counts.flatMap((row, truth) => {
    const total = sum(row);
    return row.map((images, guess) => ({
      true: classes[truth] ?? '',
      predicted: classes[guess] ?? '',
      images,
      share: total === 0 ? 0 : images / total,
    }));
  });
  const right = sum(counts.map((row, k) => row[k] ?? 0));
  const total = sum(counts.map(sum));
  const axis = { labelLimit: 140, domain: false, ticks: false, grid: false };
  const place = {
    x: { field: 'predicted', type: 'nominal', sort: classes, title: 'predicted', axis: { ...axis, labelAngle: -40 } },
    y: { field: 'true', type: 'nominal', sort: classes, title: 'true', axis },
  };
  return {
    name: 'confusion',
    rows,
    spec: {
      title: 'Confusion matrix',
      description: `Confusion matrix of ${classes.length} classes: ${right} of ${total} images are on the diagonal.`,
      width: { step: cell },
      height: { step: cell },
      layer: [
        {
          mark: { type: 'rect', stroke: SEQUENTIAL[1] ?? '', strokeWidth: 0.5 },
          encoding: {
            ...place,
            color: {
              field: 'share',
              type: 'quantitative',
              title: ['share of', 'true class'],
              scale: { domain: [0, 1], range: SEQUENTIAL },
              legend: { format: '.0%', gradientLength: 110 },
            },
            tooltip: [
              { field: 'true', type: 'nominal' },
              { field: 'predicted', type: 'nominal' },
              { field: 'images', type: 'quantitative' },
              { field: 'share', type: 'quantitative', format: '.1%' },
            ],
          },
        },
        ...(cell < CELL_PX.forText
          ? []
          : [
              {
                mark: { type: 'text', fontSize: cell < 36 ? 10 : 12, tooltip: null },
                encoding: {
                  ...place,
                  text: { field: 'images', type: 'quantitative' },
                  color: { condition: { test: 'datum.share > 0.5', value: ON_DARK }, value: ON_LIGHT },
                },
              },
            ]),
      ],
    },
  };
}
