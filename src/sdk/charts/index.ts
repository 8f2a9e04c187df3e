/**
 * Charts for authors of stages: `import { writeCharts } from 'pipe-runner/sdk/charts'`.
 *
 * Apart from the rest of the sdk, so that only stages that draw depend on the library that does.
 */
export { writeCharts } from './chart-files.ts';
export { type Chart, type ChartRow, type ChartValue, type DrawnChart, drawChart } from './draw-chart.ts';
export { type HistoryRow, learningCurves } from './learning-curves.ts';
export { DIVERGING, ON_DARK, ON_LIGHT, PALETTE, REFERENCE, SEQUENTIAL } from './theme.ts';
