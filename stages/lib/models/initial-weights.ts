/**
 * The weights a network starts from: drawn from a stream for each of them, or taken from an earlier model.
 *
 * A stream is named by the weight and nothing else, so networks that differ somewhere start from the same values wherever
 * names and shapes agree.
 */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Random, StageError } from '../../../src/sdk/index.ts';
import type { Backend } from '../backend/open-backend.ts';
import type { ModelSettings } from './layer-types.ts';

export type Initializer = ModelSettings['initializer'];

/** Deviation of a standard normal cut at two deviations. */
const CUT_DEVIATION = 0.8796256610342398;

/** Draws every kernel; biases and normalisation start as the library sets them, at 0 and 1. */
export function drawWeights(
  { tf }: Backend,
  model: LayersModel,
  initializer: Initializer,
  random: (stream: string) => Random,
): void {
  for (const layer of model.layers) {
    const names = layer.weights.map((weight) => localName(weight.originalName));
    const values = layer.getWeights();
    if (!values.some(({ rank }) => rank >= 2)) continue;
    tf.tidy(() =>
      layer.setWeights(
        values.map((value, i) => {
          if (value.rank < 2) return value;
          const stream = random(`init/${layer.name}/${names[i]}`);
          const isDepthwise = names[i]?.startsWith('depthwise') === true;
          return tf.tensor(draw(value.shape, isDepthwise, initializer, stream), value.shape);
        }),
      ),
    );
  }
}

/** Weights by name, with their shapes. */
export type NamedWeights = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;

/**
 * Puts in the weights whose names and shapes agree.
 *
 * @returns how many weights were put in.
 * @throws StageError when none agrees, or one holds what is no number.
 */
export function adoptWeights({ tf }: Backend, model: LayersModel, given: NamedWeights): number {
  let adopted = 0;
  const values = model.getWeights();
  const names = model.weights.map(({ originalName }) => originalName);
  const next = values.map((value, i) => {
    const found = given.get(names[i] ?? '');
    if (found === undefined || found.shape.join('x') !== value.shape.join('x')) return null;
    if (!found.values.every(Number.isFinite)) {
      throw new StageError(`the initial weight \`${names[i]}\` holds values that are no numbers`, {
        code: 'E0823',
        hint: 'leave out `initial`, or give it a model whose training did not diverge',
      });
    }
    adopted++;
    return found.values;
  });
  if (adopted === 0) {
    throw new StageError(
      `none of the ${given.size} initial weights has the name and the shape of one of this network's`,
      { code: 'E0823', hint: 'leave out `initial`, or give it the output `initial` or `model` of a similar network' },
    );
  }
  tf.tidy(() =>
    model.setWeights(
      values.map((value, i) => {
        const replacement = next[i] ?? null;
        return replacement === null ? value : tf.tensor(replacement, value.shape);
      }),
    ),
  );
  return adopted;
}

/** `kernel` of `conv1/kernel`. */
function localName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Glorot and Bengio, 2010; He et al., 2015. A depthwise kernel has one input a channel. */
function draw(shape: readonly number[], isDepthwise: boolean, initializer: Initializer, stream: Random): Float32Array {
  const [inputs, outputs] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const receptive = shape.slice(0, -2).reduce((product, side) => product * side, 1);
  const fanIn = receptive * (isDepthwise ? 1 : inputs);
  const fanOut = receptive * outputs;
  const variance = initializer.startsWith('glorot') ? 2 / (fanIn + fanOut) : 2 / fanIn;
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  if (initializer.endsWith('uniform')) {
    const limit = Math.sqrt(3 * variance);
    for (let i = 0; i < values.length; i++) values[i] = limit * (2 * stream.uniform() - 1);
  } else {
    const deviation = Math.sqrt(variance) / CUT_DEVIATION;
    for (let i = 0; i < values.length; i++) values[i] = deviation * cutNormal(stream);
  }
  return values;
}

function cutNormal(stream: Random): number {
  for (;;) {
    const value = stream.normal();
    if (Math.abs(value) <= 2) return value;
  }
}
