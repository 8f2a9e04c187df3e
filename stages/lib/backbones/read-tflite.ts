/**
 * From a TensorFlow Lite file to layers.
 *
 * Weights in 8 or 16 bits are read as single precision. Where values between operations are in 8 bits, those that such a value
 * cannot hold are cut off at the ends of its range, as in the original, if the range begins at 0: that is how such a file says
 * relu. Rounding to 256 steps is not repeated.
 */
import type { Table } from './flatbuffer.ts';
import {
  addAffine,
  addPadding,
  convolutionConfig,
  createLayerList,
  type LayerList,
  type Network,
} from './layer-list.ts';
import { unknownOperation, unreadable } from './network-problems.ts';
import { type LiteGraph, type LiteOperation, type LiteTensor, readLiteFile } from './tflite-file.ts';

const CODES: Readonly<Record<number, string>> = {
  0: 'ADD',
  1: 'AVERAGE_POOL_2D',
  2: 'CONCATENATION',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  9: 'FULLY_CONNECTED',
  14: 'LOGISTIC',
  17: 'MAX_POOL_2D',
  18: 'MUL',
  19: 'RELU',
  21: 'RELU6',
  22: 'RESHAPE',
  25: 'SOFTMAX',
  34: 'PAD',
  40: 'MEAN',
  41: 'SUB',
  43: 'SQUEEZE',
  114: 'QUANTIZE',
};
/** Of ActivationFunctionType. */
const ACTIVATIONS: Readonly<Record<number, string>> = { 0: 'linear', 1: 'relu', 3: 'relu6' };
/** A greatest value that is 6 up to the rounding of its scale is that of relu6. */
const NEARLY_6 = 0.05;

function activationName(code: number, where: string): string {
  const name = ACTIVATIONS[code];
  if (name === undefined) throw unknownOperation(`activation number ${code}`, where);
  return name;
}

/**
 * @param until  name of a value: what comes after it is not read. Empty: all.
 * @throws StageError E0884, E0885.
 */
export function readTflite(bytes: Uint8Array, file: string, until: string): Network {
  const graph = readLiteFile(bytes, file);
  const input = graph.tensors[graph.input] as LiteTensor;
  const list = createLayerList(input.name, input.shape[3] ?? 3);
  const reader = createReader(graph, list, file);
  reader.names.set(graph.input, input.name);
  for (const operation of graph.operations) {
    const made = reader.read(operation);
    if (made.value === until) return { ...list.toNetwork(), until: made.layer };
  }
  return { ...list.toNetwork(), until };
}

function createReader({ tensors }: LiteGraph, list: LayerList, file: string) {
  /** Name of the layer that makes a tensor. */
  const names = new Map<number, string>();
  const constants = new Map<number, Float32Array>();

  const tensor = (at: number): LiteTensor => {
    const found = tensors[at];
    if (found === undefined) throw unreadable(file, 'an operation takes a value that is not there');
    return found;
  };
  const constant = (at: number): Float32Array | null => constants.get(at) ?? (at < 0 ? null : tensor(at).values());
  const weight = (at: number): Float32Array => {
    const values = constant(at);
    if (values === null) throw unknownOperation('CONV_2D', tensor(at).name, 'its filters are computed');
    return values;
  };
  const layer = (at: number): string => {
    const name = names.get(at);
    if (name === undefined) throw unreadable(file, `\`${tensor(at).name}\` is used before it is made`);
    return name;
  };

  function convolve({ inputs, options: given, output }: LiteOperation, isDepthwise: boolean): string {
    const options = given as Table;
    const [x = -1, w = -1, b = -1] = inputs;
    const [count = 1, height = 1, width = 1, last = 1] = tensor(w).shape;
    const offset = isDepthwise ? 1 : 0;
    const dilation = [options.int(5 + offset, 1), options.int(4 + offset, 1)] as const;
    const bias = constant(b);
    const channels = tensor(x).shape[3] ?? last;
    const values = weight(w);
    return list.add(
      isDepthwise ? 'DepthwiseConv2D' : 'Conv2D',
      tensor(output).name,
      [layer(x)],
      convolutionConfig({
        kernel: [height, width],
        strides: [options.int(2, 1), options.int(1, 1)],
        dilation,
        padding: options.byte(0, 0) === 0 ? 'same' : 'valid',
        activation: activationName(options.byte(3 + offset, 0), tensor(output).name),
        hasBias: bias !== null,
        ...(isDepthwise ? { multiplier: last / channels } : { filters: count }),
      }),
      {
        ...(isDepthwise
          ? { depthwise_kernel: { shape: [height, width, channels, last / channels], values } }
          : { kernel: { shape: [height, width, last, count], values: filtersLast(values, count) } }),
        ...(bias === null ? {} : { bias: { shape: [bias.length], values: bias } }),
      },
    );
  }

  function pool({ inputs: [x = -1], options: given, output }: LiteOperation, kind: string): string {
    const options = given as Table;
    const size = [options.int(4, 1), options.int(3, 1)];
    const [, height, width] = tensor(x).shape;
    const name = tensor(output).name;
    if (kind === 'AveragePooling2D' && size[0] === height && size[1] === width) return average(x, name, true);
    const strides = [options.int(2, 1), options.int(1, 1)];
    const padding = options.byte(0, 0) === 0 ? 'same' : 'valid';
    return list.add(kind, name, [layer(x)], { pool_size: size, strides, padding, data_format: 'channels_last' });
  }

  /** The mean of each map, whatever its size. @param asMap  of one place, else a row. */
  function average(x: number, name: string, asMap: boolean): string {
    const row = list.add('GlobalAveragePooling2D', name, [layer(x)], { data_format: 'channels_last' });
    const channels = tensor(x).shape[3] ?? 1;
    return asMap ? list.add('Reshape', `${name}/map`, [row], { target_shape: [1, 1, channels] }) : row;
  }

  function combine({ inputs: [a = -1, b = -1], output }: LiteOperation, kind: 'ADD' | 'SUB' | 'MUL'): string {
    const { name, shape } = tensor(output);
    const [fixed, other] = constant(b) !== null ? [constant(b), a] : [constant(a), b];
    if (fixed === null) {
      if (kind === 'SUB') throw unknownOperation(kind, name);
      return list.add(kind === 'ADD' ? 'Add' : 'Multiply', name, [layer(a), layer(b)], {});
    }
    if (kind === 'SUB' && constant(b) === null) throw unknownOperation(kind, name);
    const channels = shape.at(-1) ?? 1;
    if (fixed.length !== 1 && fixed.length !== channels) throw unknownOperation(kind, name);
    const each = Float32Array.from({ length: channels }, (_, c) => fixed[fixed.length === 1 ? 0 : c] as number);
    const ones = new Float32Array(channels).fill(1);
    if (kind === 'MUL') return addAffine(list, name, layer(other), each, new Float32Array(channels));
    return addAffine(list, name, layer(other), ones, kind === 'ADD' ? each : each.map((value) => -value));
  }

  function dense({ inputs: [x = -1, w = -1, b = -1], options, output }: LiteOperation): string {
    const [units = 1, size = 1] = tensor(w).shape;
    const bias = constant(b);
    const { name } = tensor(output);
    const row = tensor(x).shape.length > 2 ? list.add('Flatten', `${name}/row`, [layer(x)], {}) : layer(x);
    const activation = activationName(options?.byte(0, 0) ?? 0, name);
    return list.add(
      'Dense',
      name,
      [row],
      { units, activation, use_bias: bias !== null },
      {
        kernel: { shape: [size, units], values: filtersLast(weight(w), units) },
        ...(bias === null ? {} : { bias: { shape: [units], values: bias } }),
      },
    );
  }

  function reshape({ inputs: [x = -1], output }: LiteOperation): string {
    const { name, shape } = tensor(output);
    return list.add('Reshape', name, [layer(x)], { target_shape: shape.slice(1) });
  }

  function pad({ inputs: [x = -1, p = -1], output }: LiteOperation): string {
    const [, , top = 0, bottom = 0, left = 0, right = 0] = weight(p);
    return addPadding(list, tensor(output).name, layer(x), [top, left, bottom, right]);
  }

  function mean({ inputs: [x = -1, axes = -1], options, output }: LiteOperation): string {
    const { name } = tensor(output);
    if ([...weight(axes)].join() !== '1,2') throw unknownOperation('MEAN', name, 'it is not over height and width');
    return average(x, name, (options?.byte(0, 0) ?? 0) !== 0);
  }

  const unary = ({ inputs: [x = -1], output }: LiteOperation, activation: string): string =>
    list.add('Activation', tensor(output).name, [layer(x)], { activation });

  function make(operation: LiteOperation): string {
    const kind = CODES[operation.code] ?? `number ${operation.code}`;
    const { inputs, output, options } = operation;
    switch (kind) {
      case 'CONV_2D':
      case 'DEPTHWISE_CONV_2D':
        return convolve(operation, kind === 'DEPTHWISE_CONV_2D');
      case 'AVERAGE_POOL_2D':
        return pool(operation, 'AveragePooling2D');
      case 'MAX_POOL_2D':
        return pool(operation, 'MaxPooling2D');
      case 'ADD':
      case 'SUB':
      case 'MUL':
        return activated(combine(operation, kind), activationName(options?.byte(0, 0) ?? 0, tensor(output).name));
      case 'CONCATENATION':
        return list.add('Concatenate', tensor(output).name, inputs.map(layer), { axis: -1 });
      case 'FULLY_CONNECTED':
        return dense(operation);
      case 'RESHAPE':
      case 'SQUEEZE':
        return reshape(operation);
      case 'PAD':
        return pad(operation);
      case 'MEAN':
        return mean(operation);
      case 'SOFTMAX':
        return unary(operation, 'softmax');
      case 'LOGISTIC':
        return unary(operation, 'sigmoid');
      case 'RELU':
        return unary(operation, 'relu');
      case 'RELU6':
        return unary(operation, 'relu6');
      case 'DEQUANTIZE':
      case 'QUANTIZE':
        return layer(inputs[0] ?? -1);
      default:
        throw unknownOperation(kind, tensor(output).name);
    }
  }

  function activated(name: string, activation: string): string {
    return activation === 'linear' ? name : list.add('Activation', `${name}/${activation}`, [name], { activation });
  }

  return {
    names,
    /** Adds its layers: the name of the value it makes, and of the layer that gives it. */
    read(operation: LiteOperation): { value: string; layer: string } {
      const { inputs, output } = operation;
      const { name, range } = tensor(output);
      // Weights of 16 bits are turned into single precision by an operation of their own.
      const fixed = CODES[operation.code] === 'DEQUANTIZE' ? constant(inputs[0] ?? -1) : null;
      if (fixed !== null) {
        constants.set(output, fixed);
        return { value: name, layer: name };
      }
      let made = make(operation);
      const isProduct = /^(CONV_2D|DEPTHWISE_CONV_2D|FULLY_CONNECTED|ADD)$/.test(CODES[operation.code] ?? '');
      if (range !== null && range[0] === 0 && isProduct) {
        const most = Math.abs(range[1] - 6) < NEARLY_6 ? 6 : range[1];
        made = list.add('ReLU', `${made}/range`, [made], { max_value: most });
      }
      names.set(output, made);
      return { value: name, layer: made };
    },
  };
}

/** From one filter after another to all filters of a place together. @param count  of filters. */
function filtersLast(values: Float32Array, count: number): Float32Array {
  const size = values.length / count;
  const turned = new Float32Array(values.length);
  for (let filter = 0; filter < count; filter++) {
    for (let place = 0; place < size; place++) turned[place * count + filter] = values[filter * size + place] as number;
  }
  return turned;
}
