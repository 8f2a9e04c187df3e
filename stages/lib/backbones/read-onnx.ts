/**
 * From an ONNX file to layers.
 *
 * Maps lie channels first there and channels last here; filters are turned, and so are maps where they become a row of values.
 * A convolution or pooling with zeros around its input becomes a layer of zeros and one without; a maximum never sees them.
 */
import {
  addAffine,
  addPadding,
  convolutionConfig,
  createLayerList,
  type LayerList,
  type Network,
} from './layer-list.ts';
import { unknownOperation, unreadable } from './network-problems.ts';
import { type OnnxConstant, type OnnxNode, readOnnxFile } from './onnx-file.ts';
import { inSinglePrecision } from './onnx-quantized.ts';

/** point: a map of one place, as its row. */
interface Value {
  readonly layer: string;
  readonly kind: 'map' | 'row' | 'point';
  /** 0: not known. */
  readonly channels: number;
  /** In the file channels are last, as they are here. */
  readonly isLast?: boolean;
}

/** Of quantised networks those are read that keep to the operators of others: see `inSinglePrecision`. */
const QUANTIZED = /^(QLinear\w+|DynamicQuantizeLinear|ConvInteger|MatMulInteger)$/;
const ACTIVATIONS: Readonly<Record<string, string>> = {
  Relu: 'relu',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Softmax: 'softmax',
};

/**
 * @param until  name of a value: what comes after it is not read. Empty: all.
 * @throws StageError E0884, E0885.
 */
export function readOnnx(bytes: Uint8Array, file: string, until: string): Network {
  const { nodes, constants, input } = inSinglePrecision(readOnnxFile(bytes, file));
  const [, second = 0, , fourth = 0] = input.shape;
  const isLast = second !== 3 && second !== 1 && (fourth === 3 || fourth === 1);
  const channels = (isLast ? fourth : second) || 3;
  const list = createLayerList(input.name, channels);
  const fixed = new Map(constants);
  const values = new Map<string, Value>([[input.name, { layer: input.name, kind: 'map', channels, isLast }]]);
  const unknown = new Map<string, string>();
  const reader = createReader(
    list,
    (name) => fixed.get(name) ?? null,
    (name) => {
      const value = values.get(name);
      if (value !== undefined) return value;
      const operator = unknown.get(name);
      throw operator === undefined
        ? unreadable(file, `\`${name}\` is used before it is made`)
        : unknownOperation(operator, name);
    },
  );
  for (const node of nodes) {
    const [name = ''] = node.outputs;
    if (node.operator === 'Constant') {
      const value = node.constant('value');
      if (value !== null) fixed.set(name, value);
      continue;
    }
    if (QUANTIZED.test(node.operator))
      throw unknownOperation(node.operator, name, 'export it before it is quantised, or in the form QDQ');
    const made = reader(node, name);
    // What only says shapes, or ends the network, need not be known.
    if (made === null) unknown.set(name, node.operator);
    else values.set(name, made);
    if (name === until && made !== null) return { ...list.toNetwork(), until: made.layer };
  }
  return { ...list.toNetwork(), until };
}

type Reader = (node: OnnxNode, name: string) => Value | null;

function createReader(
  list: LayerList,
  constant: (name: string) => OnnxConstant | null,
  valueNamed: (name: string) => Value,
): Reader {
  const weight = (node: OnnxNode, at: number): OnnxConstant => {
    const found = constant(node.inputs[at] ?? '');
    if (found === null) throw unknownOperation(node.operator, node.outputs[0] ?? '', 'its weights are computed');
    return found;
  };
  const first = (node: OnnxNode): Value => valueNamed(node.inputs[0] ?? '');
  /** The layer of a value as maps. */
  const mapOf = ({ layer, kind, channels }: Value): string =>
    kind === 'point' ? list.add('Reshape', `${layer}/map`, [layer], { target_shape: [1, 1, channels] }) : layer;

  /** Puts zeros around the maps where the window needs them. */
  function window(node: OnnxNode, name: string, x: string, kernel: readonly number[], inMaximum = false) {
    const [height = 1, width = 1] = kernel;
    const [down = 1, right = 1] = node.ints('strides');
    const [dy = 1, dx = 1] = node.ints('dilations');
    const strides = [down, right] as [number, number];
    const [top = 0, left = 0, bottom = 0, end = 0] = node.ints('pads');
    const auto = node.text('auto_pad');
    const reach = [dy * (height - 1), dx * (width - 1)];
    const isEven = top === bottom && left === end && 2 * top === reach[0] && 2 * left === reach[1];
    const settings = { strides, dilation: [dy, dx] as [number, number] };
    if (auto === 'SAME_UPPER') return { ...settings, padding: 'same' as const, x, thin: null };
    if (auto === 'SAME_LOWER') throw unknownOperation(node.operator, name, '`auto_pad` SAME_LOWER');
    if (node.int('ceil_mode', 0) !== 0) throw unknownOperation(node.operator, name, '`ceil_mode`');
    if ([top, left, bottom, end].every((pad) => pad === 0))
      return { ...settings, padding: 'valid' as const, x, thin: null };
    if (isEven && down === 1 && right === 1) return { ...settings, padding: 'same' as const, x, thin: null };
    if (!inMaximum) {
      const padded = addPadding(list, `${name}/zeros`, x, [top, left, bottom, end]);
      return { ...settings, padding: 'valid' as const, x: padded, thin: null };
    }
    // Every place first, then only those the strides lead to: the same maxima, and no zeros among them.
    if (!isEven) throw unknownOperation(node.operator, name, 'zeros on one side');
    return {
      strides: [1, 1] as [number, number],
      dilation: settings.dilation,
      padding: 'same' as const,
      x,
      thin: strides,
    };
  }

  function convolve(node: OnnxNode, name: string): Value {
    const input = first(node);
    const filter = weight(node, 1);
    const bias = constant(node.inputs[2] ?? '');
    const [count = 1, per = 1, height = 1, width = 1] = filter.shape;
    const groups = node.int('group', 1);
    const isDepthwise = groups > 1 && per === 1;
    const { x, strides, dilation, padding } = window(node, name, mapOf(input), [height, width]);
    const places = height * width;
    const layer = list.add(
      isDepthwise ? 'DepthwiseConv2D' : 'Conv2D',
      name,
      [x],
      convolutionConfig({
        kernel: [height, width],
        strides,
        dilation,
        padding,
        hasBias: bias !== null,
        ...(isDepthwise ? { multiplier: count / groups } : { filters: count }),
      }),
      {
        ...(isDepthwise
          ? {
              depthwise_kernel: {
                shape: [height, width, groups, count / groups],
                values: placesFirst(filter.values, count, 1, places, 1),
              },
            }
          : {
              kernel: {
                shape: [height, width, per * groups, count],
                values: placesFirst(filter.values, count, per, places, groups),
              },
            }),
        ...(bias === null ? {} : { bias: { shape: [count], values: bias.values } }),
      },
    );
    return { layer, kind: 'map', channels: count };
  }

  function pool(node: OnnxNode, name: string): Value {
    const input = first(node);
    const isMaximum = node.operator === 'MaxPool';
    const size = [...node.ints('kernel_shape')];
    const { x, strides, padding, thin } = window(node, name, mapOf(input), size, isMaximum);
    const countsZeros = node.int('count_include_pad', 0) === 1;
    const padded = node.ints('pads').some((pad) => pad !== 0);
    if (!isMaximum && padded && (padding === 'same') === countsZeros) {
      throw unknownOperation(node.operator, name, 'a mean over zeros around the maps');
    }
    const kind = isMaximum ? 'MaxPooling2D' : 'AveragePooling2D';
    const config = { pool_size: size, strides, padding, data_format: 'channels_last' };
    const pooled = list.add(kind, name, [x], config);
    const thinning = { pool_size: [1, 1], strides: thin ?? [1, 1], padding: 'valid', data_format: 'channels_last' };
    const layer = thin === null ? pooled : list.add('MaxPooling2D', `${name}/thin`, [pooled], thinning);
    return { layer, kind: 'map', channels: input.channels };
  }

  function combine(node: OnnxNode, name: string): Value {
    const [a = '', b = ''] = node.inputs;
    const { operator } = node;
    const factor = constant(b) ?? constant(a);
    if (factor === null) {
      const [left, right] = [valueNamed(a), valueNamed(b)];
      if (operator !== 'Add' && operator !== 'Mul') throw unknownOperation(operator, name, 'of two computed values');
      const asMaps = left.kind === 'map' || right.kind === 'map';
      const from = [left, right].map((each) => (asMaps ? mapOf(each) : each.layer));
      const layer = list.add(operator === 'Add' ? 'Add' : 'Multiply', name, from, {});
      return { ...left, layer, kind: asMaps ? 'map' : left.kind };
    }
    const isSecond = constant(b) !== null;
    const input = valueNamed(isSecond ? a : b);
    if (!isSecond && (operator === 'Sub' || operator === 'Div'))
      throw unknownOperation(operator, name, 'of a constant');
    const channels = input.channels || factor.values.length;
    const { length } = factor.values;
    const side = factor.shape.indexOf(length);
    const isByChannel =
      length === 1 ||
      (length === channels && (input.kind === 'row' || factor.shape.length - side === (input.isLast ? 1 : 3)));
    if (!isByChannel) throw unknownOperation(operator, name, 'by a constant that is not one for each channel');
    const each = Float32Array.from({ length: channels }, (_, c) => factor.values[length === 1 ? 0 : c] as number);
    const [ones, zeros] = [new Float32Array(channels).fill(1), new Float32Array(channels)];
    const layer =
      operator === 'Mul'
        ? addAffine(list, name, input.layer, each, zeros)
        : operator === 'Div'
          ? addAffine(
              list,
              name,
              input.layer,
              each.map((value) => 1 / value),
              zeros,
            )
          : addAffine(list, name, input.layer, ones, operator === 'Add' ? each : each.map((value) => -value));
    return { ...input, layer, channels };
  }

  function dense(node: OnnxNode, name: string): Value {
    const input = first(node);
    const { shape, values } = weight(node, 1);
    const isTurned = node.int('transB', 0) === 1;
    if (node.float('alpha', 1) !== 1 || node.float('beta', 1) !== 1 || node.int('transA', 0) !== 0) {
      throw unknownOperation(node.operator, name, '`alpha`, `beta` or `transA`');
    }
    const [rows = 1, columns = 1] = shape;
    const [size, units] = isTurned ? [columns, rows] : [rows, columns];
    const bias = node.operator === 'Gemm' ? constant(node.inputs[2] ?? '') : null;
    const kernel = isTurned ? placesFirst(values, units, size, 1, 1) : values;
    const layer = list.add(
      'Dense',
      name,
      [input.layer],
      { units, activation: 'linear', use_bias: bias !== null },
      {
        kernel: { shape: [size, units], values: kernel },
        ...(bias === null ? {} : { bias: { shape: [units], values: bias.values } }),
      },
    );
    return { layer, kind: 'row', channels: units };
  }

  function normalize(node: OnnxNode, name: string): Value {
    const input = first(node);
    const parts = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(
      (part, i) => [part, weight(node, i + 1)] as const,
    );
    const config = { axis: -1, epsilon: node.float('epsilon', 1e-5), momentum: 0.99 };
    return { ...input, layer: list.add('BatchNormalization', name, [mapOf(input)], config, Object.fromEntries(parts)) };
  }

  /** A row of values, in the order of the file. */
  function flatten(node: OnnxNode, name: string): Value | null {
    const input = first(node);
    if (input.kind !== 'map') {
      const [, , height = 1, width = 1] = constant(node.inputs[1] ?? '')?.values ?? [];
      return { ...input, kind: height * width === 1 && node.operator === 'Reshape' ? input.kind : 'row' };
    }
    const target = constant(node.inputs[1] ?? '')?.values;
    if (node.operator === 'Reshape' && target?.length !== 2) return null;
    if (node.operator !== 'Reshape' && node.operator !== 'Flatten') return null;
    const turned = input.isLast
      ? input.layer
      : list.add('Permute', `${name}/order`, [input.layer], { dims: [3, 1, 2] });
    return { layer: list.add('Flatten', name, [turned], {}), kind: 'row', channels: 0 };
  }

  function mean(node: OnnxNode, name: string): Value | null {
    const input = first(node);
    const axes = [...(constant(node.inputs[1] ?? '')?.values ?? node.ints('axes'))].map((axis) => (axis + 4) % 4);
    const wanted = input.isLast ? '1,2' : '2,3';
    if (node.operator === 'ReduceMean' && axes.join() !== wanted) return null;
    const layer = list.add('GlobalAveragePooling2D', name, [mapOf(input)], { data_format: 'channels_last' });
    const keeps = node.operator === 'GlobalAveragePool' || node.int('keepdims', 1) === 1;
    return { layer, kind: keeps ? 'point' : 'row', channels: input.channels };
  }

  function clip(node: OnnxNode, name: string): Value {
    const input = first(node);
    const least = constant(node.inputs[1] ?? '')?.values[0] ?? node.float('min', Number.NEGATIVE_INFINITY);
    const most = constant(node.inputs[2] ?? '')?.values[0] ?? node.float('max', Number.POSITIVE_INFINITY);
    if (least !== 0) throw unknownOperation('Clip', name, 'it does not begin at 0');
    const config = Number.isFinite(most) ? { max_value: most } : {};
    return { ...input, layer: list.add('ReLU', name, [input.layer], config) };
  }

  /** min(1, max(0, slope x + offset)), times x where it is a gate of itself. */
  function hard(node: OnnxNode, name: string): Value {
    const input = first(node);
    const isGate = node.operator === 'HardSwish';
    const [slope, offset] = isGate ? [1 / 6, 0.5] : [node.float('alpha', 0.2), node.float('beta', 0.5)];
    const all = (value: number) => new Float32Array(input.channels).fill(value);
    const line = addAffine(list, `${name}/line`, mapOf(input), all(slope), all(offset));
    const gate = list.add('ReLU', isGate ? `${name}/gate` : name, [line], { max_value: 1 });
    const layer = isGate ? list.add('Multiply', name, [mapOf(input), gate], {}) : gate;
    return { ...input, layer, kind: input.kind === 'row' ? 'row' : 'map' };
  }

  function transpose(node: OnnxNode): Value | null {
    const input = first(node);
    const order = node.ints('perm').join();
    if (input.kind !== 'map') return null;
    if (input.isLast === true) return order === '0,3,1,2' ? { ...input, isLast: false } : null;
    return order === '0,2,3,1' ? { ...input, isLast: true } : null;
  }

  function concatenate(node: OnnxNode, name: string): Value | null {
    const inputs = node.inputs.map(valueNamed);
    const isLast = inputs[0]?.isLast ?? false;
    const axis = node.int('axis', 1);
    if (inputs.some(({ kind }) => kind === 'row') ? axis !== 1 : (axis + 4) % 4 !== (isLast ? 3 : 1)) return null;
    const channels = inputs.reduce((sum, value) => sum + value.channels, 0);
    const layer = list.add('Concatenate', name, inputs.map(mapOf), { axis: -1 });
    return { ...(inputs[0] as Value), layer, channels, kind: inputs[0]?.kind === 'row' ? 'row' : 'map' };
  }

  function pad(node: OnnxNode, name: string): Value {
    const input = first(node);
    const pads = [...(constant(node.inputs[1] ?? '')?.values ?? node.ints('pads'))];
    const [mode, filled] = [node.text('mode') || 'constant', constant(node.inputs[2] ?? '')?.values[0] ?? 0];
    if (mode !== 'constant' || filled !== 0) throw unknownOperation('Pad', name, 'with something else than zeros');
    const at = input.isLast === true ? [1, 2, 5, 6] : [2, 3, 6, 7];
    const layer = addPadding(
      list,
      name,
      mapOf(input),
      at.map((place) => pads[place] ?? 0),
    );
    return { ...input, layer };
  }

  const readers: Readonly<Record<string, Reader>> = {
    Conv: convolve,
    MaxPool: pool,
    AveragePool: pool,
    GlobalAveragePool: mean,
    ReduceMean: mean,
    Add: combine,
    Sub: combine,
    Mul: combine,
    Div: combine,
    Gemm: dense,
    MatMul: dense,
    BatchNormalization: normalize,
    Flatten: flatten,
    Reshape: flatten,
    Squeeze: flatten,
    Clip: clip,
    HardSwish: hard,
    HardSigmoid: hard,
    Transpose: transpose,
    Concat: concatenate,
    Pad: pad,
    Identity: first,
    Dropout: first,
  };

  return (node, name) => {
    const activation = ACTIVATIONS[node.operator];
    const read = readers[node.operator];
    // Shapes are computed with the same operators as values.
    if (node.inputs.every((each) => constant(each) !== null) && node.operator !== 'Constant') return null;
    if (activation !== undefined) {
      const input = first(node);
      return { ...input, layer: list.add('Activation', name, [input.layer], { activation }) };
    }
    return read === undefined ? null : read(node, name);
  };
}

/**
 * [filter, input of its group, place] as [place, input, filter]: filters of several groups with zeros for the inputs of others.
 */
function placesFirst(values: Float32Array, filters: number, per: number, places: number, groups: number): Float32Array {
  const inputs = per * groups;
  const result = new Float32Array(places * inputs * filters);
  for (let filter = 0; filter < filters; filter++) {
    const start = Math.floor((filter * groups) / filters) * per;
    for (let input = 0; input < per; input++) {
      for (let place = 0; place < places; place++) {
        result[(place * inputs + start + input) * filters + filter] = values[
          (filter * per + input) * places + place
        ] as number;
      }
    }
  }
  return result;
}
