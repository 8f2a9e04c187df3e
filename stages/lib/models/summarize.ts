/**
 * The size and cost of a network, layer by layer, from its settings alone.
 *
 * Pure arithmetic: nothing is built, so that a search can refuse what is too large before it trains it. Two operations make
 * one multiply-add. Memory is counted as torchsummary counts it, in MiB of single precision: what goes in, the outputs of
 * all layers twice (forward and backward), and the weights. A flattened map is the same memory, and an activation that
 * belongs to its layer is not counted again.
 */
import { sizesOf, volume } from './layer-sizes.ts';
import type { ModelSettings, NamedLayer, Shape } from './layer-types.ts';
import { planLayers } from './plan-layers.ts';

export interface LayerSummary {
  readonly name: string;
  readonly layer: string;
  readonly output: Shape;
  readonly params: number;
  readonly flops: number;
}

/** summary.json. */
export interface ModelSummary {
  readonly input: Shape;
  readonly layers: readonly LayerSummary[];
  readonly totalParams: number;
  readonly trainableParams: number;
  readonly nonTrainableParams: number;
  /** For one image, forward. */
  readonly flops: number;
  /** MiB for one batch. */
  readonly memory: {
    readonly batchSize: number;
    readonly inputMiB: number;
    readonly forwardBackwardMiB: number;
    readonly paramsMiB: number;
    readonly totalMiB: number;
  };
}

const VALUE_BYTES = 4;
const MIB = 2 ** 20;

/**
 * @param input    height, width and channels of an image.
 * @param outputs  values the network gives: see `outputsFor`.
 * @throws StageError (E0820 to E0822) when the network cannot be built on such images.
 */
export function summarize(
  model: ModelSettings,
  input: readonly [number, number, number],
  outputs: number,
  batchSize = 1,
): ModelSummary {
  return summarizeLayers(planLayers(model, outputs), input, batchSize);
}

/** Two classes need one number, the probability of the second. With several labels an image, each class needs its own. */
export function outputsFor(classes: number, isMultiLabel = false): number {
  return classes === 2 && !isMultiLabel ? 1 : classes;
}

export function summarizeLayers(plan: readonly NamedLayer[], input: Shape, batchSize: number): ModelSummary {
  let shape = input;
  let [trainable, nonTrainable, multiplyAdds, values] = [0, 0, 0, 0];
  const layers = plan.map((layer): LayerSummary => {
    const sizes = sizesOf(layer, shape);
    shape = sizes.output;
    trainable += sizes.trainable;
    nonTrainable += sizes.nonTrainable;
    multiplyAdds += sizes.multiplyAdds;
    if (layer.settings.layer !== 'flatten') values += volume(shape);
    return {
      name: layer.name,
      layer: layer.settings.layer,
      output: shape,
      params: sizes.trainable + sizes.nonTrainable,
      flops: 2 * sizes.multiplyAdds,
    };
  });
  const params = trainable + nonTrainable;
  const [inputMiB, forwardBackwardMiB, paramsMiB] = [
    (batchSize * volume(input) * VALUE_BYTES) / MIB,
    (2 * batchSize * values * VALUE_BYTES) / MIB,
    (params * VALUE_BYTES) / MIB,
  ];
  return {
    input,
    layers,
    totalParams: params,
    trainableParams: trainable,
    nonTrainableParams: nonTrainable,
    flops: 2 * multiplyAdds,
    memory: { batchSize, inputMiB, forwardBackwardMiB, paramsMiB, totalMiB: inputMiB + forwardBackwardMiB + paramsMiB },
  };
}
