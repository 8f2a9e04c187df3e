/**
 * Shapes, weights and multiplications of a layer, by arithmetic alone.
 *
 * A search asks this of every candidate before it trains it, so nothing is allocated. Sizes follow the layers of
 * TensorFlow.js, which `build-model.test.ts` holds.
 */
import { StageError } from '../../../src/sdk/index.ts';
import type { LayerSettings, NamedLayer, Shape } from './layer-types.ts';

export interface LayerSizes {
  readonly output: Shape;
  /** Numbers that training changes, and numbers it keeps: moving mean and variance. */
  readonly trainable: number;
  readonly nonTrainable: number;
  /** Multiply-adds for one image: of convolutions and dense layers, the rest is small beside them. */
  readonly multiplyAdds: number;
}

type Map3 = readonly [height: number, width: number, channels: number];

/** @throws StageError when the layer cannot take an input of this shape. */
export function sizesOf({ name, settings }: NamedLayer, input: Shape): LayerSizes {
  switch (settings.layer) {
    case 'conv': {
      const map = asMap(name, settings, input);
      const { filters, kernel, bias } = settings;
      const output = [...windows(name, map, { ...settings, size: kernel }), filters] as const;
      const weights = kernel * kernel * map[2] * filters;
      return sizes(output, weights + (bias ? filters : 0), area(output) * weights);
    }
    case 'depthwise': {
      const map = asMap(name, settings, input);
      const channels = map[2] * settings.multiplier;
      const output = [...windows(name, map, { ...settings, size: settings.kernel }), channels] as const;
      const weights = settings.kernel * settings.kernel * channels;
      return sizes(output, weights + (settings.bias ? channels : 0), area(output) * weights);
    }
    case 'separable': {
      const map = asMap(name, settings, input);
      const output = [...windows(name, map, { ...settings, size: settings.kernel }), settings.filters] as const;
      const weights = settings.kernel * settings.kernel * map[2] + map[2] * settings.filters;
      return sizes(output, weights + (settings.bias ? settings.filters : 0), area(output) * weights);
    }
    case 'transposed': {
      const map = asMap(name, settings, input);
      const { filters, kernel, stride, padding, bias } = settings;
      const side = (length: number) => length * stride + (padding === 'same' ? 0 : Math.max(kernel - stride, 0));
      const weights = kernel * kernel * map[2] * filters;
      const output = [side(map[0]), side(map[1]), filters] as const;
      return sizes(output, weights + (bias ? filters : 0), area(map) * weights);
    }
    case 'dense': {
      const [length, ...more] = input;
      if (more.length > 0) throw needs(name, 'a row of values', input, '{ layer: flatten }');
      const weights = length * settings.units;
      return sizes([settings.units], weights + (settings.bias ? settings.units : 0), weights);
    }
    case 'max-pool':
    case 'average-pool': {
      const map = asMap(name, settings, input);
      return sizes([...windows(name, map, settings), map[2]], 0, 0);
    }
    case 'global-average-pool':
    case 'global-max-pool':
      return sizes([asMap(name, settings, input)[2]], 0, 0);
    case 'batch-norm': {
      const channels = input.at(-1) ?? 0;
      return { output: input, trainable: 2 * channels, nonTrainable: 2 * channels, multiplyAdds: 0 };
    }
    case 'layer-norm':
      return sizes(input, 2 * (input.at(-1) ?? 0), 0);
    case 'activation':
    case 'dropout':
      return sizes(input, 0, 0);
    case 'flatten':
      return sizes([volume(input)], 0, 0);
  }
}

/** Values in an array of this shape. */
export function volume(shape: Shape): number {
  return shape.reduce<number>((product, side) => product * side, 1);
}

function sizes(output: Shape, trainable: number, multiplyAdds: number): LayerSizes {
  return { output, trainable, nonTrainable: 0, multiplyAdds };
}

function area([height, width]: Map3): number {
  return height * width;
}

interface Windows {
  readonly size: number;
  readonly stride: number;
  readonly padding: 'same' | 'valid';
  readonly dilation?: number;
}

/** How many places a window has, down and across. */
function windows(name: string, [height, width]: Map3, window: Windows): [height: number, width: number] {
  const reach = (window.size - 1) * (window.dilation ?? 1) + 1;
  if (window.padding === 'valid' && Math.min(height, width) < reach) {
    throw new StageError(`\`${name}\` looks at ${reach} x ${reach} pixels, but only ${width} x ${height} are left`, {
      code: 'E0821',
      hint: `take larger images, \`padding: same\`, or fewer blocks: \`model: { blocks: ${Math.max(1, ordinal(name) - 1)} }\``,
    });
  }
  const side = (length: number) => Math.ceil((window.padding === 'same' ? length : length - reach + 1) / window.stride);
  return [side(height), side(width)];
}

/** 4 of `pool4`. */
function ordinal(name: string): number {
  return Number(/\d+$/.exec(name)?.[0] ?? 1);
}

function asMap(name: string, { layer }: LayerSettings, input: Shape): Map3 {
  if (input.length === 3) return input;
  throw needs(name, 'an image', input, `{ layer: ${layer} } before { layer: flatten }`);
}

function needs(name: string, wanted: string, input: Shape, hint: string): StageError {
  return new StageError(`\`${name}\` takes ${wanted}, found values of shape ${input.join(' x ')}`, {
    code: 'E0822',
    hint,
  });
}
