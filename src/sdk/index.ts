/** What authors of stages import: `import { type StageRun, StageError } from 'pipe-runner/sdk'`. */
export type { Digest } from '../base/digest.ts';
export type { Json, JsonObject } from '../base/json.ts';
export { type Random, randomStream } from '../base/random.ts';
export type { InputVariant, StageContext, StageRun } from './context.ts';
export type { Filled } from './filled.ts';
export { linkOrCopy } from './item-cache.ts';
export type { ItemCache } from './items.ts';
export { StageError } from './stage-error.ts';
