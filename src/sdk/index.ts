/** What authors of stages import: `import { type StageRun, StageError } from 'pipe-runner/sdk'`. */
export type { Digest } from '../base/digest.ts';
export type { Json, JsonObject } from '../base/json.ts';
export { type Random, randomStream } from '../base/random.ts';
export { writeCharts } from './charts/chart-files.ts';
export { type Chart, type ChartRow, type ChartValue, type DrawnChart, drawChart } from './charts/draw-chart.ts';
export { type HistoryRow, learningCurves } from './charts/learning-curves.ts';
export { DIVERGING, ON_DARK, ON_LIGHT, PALETTE, REFERENCE, SEQUENTIAL } from './charts/theme.ts';
export type { InputVariant, StageContext, StageRun } from './context.ts';
export type { Filled } from './filled.ts';
export { linkOrCopy } from './item-cache.ts';
export type { ItemCache } from './items.ts';
export { StageError } from './stage-error.ts';
