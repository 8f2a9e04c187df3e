/** What a network is made of, before any of it exists: layers by kind, each with its settings and its name. */
import type { TrainParams } from '../../../src/generated/stages/train.ts';
import type { Filled } from '../../../src/sdk/index.ts';

export type ModelSettings = Filled<TrainParams>['model'];
export type LayerSettings = NonNullable<ModelSettings['layers']>[number];
export type ActivationName = ModelSettings['activation'];

/** Height, width, channels; or the length of a row of values. */
export type Shape = readonly [height: number, width: number, channels: number] | readonly [length: number];

/** A layer of a network. Names are unique in it and say the kind: `conv2`, `dense1`. The last layer is called `output`. */
export interface NamedLayer {
  readonly name: string;
  readonly settings: LayerSettings;
}
