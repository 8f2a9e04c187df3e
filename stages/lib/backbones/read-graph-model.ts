/**
 * From a graph model of TensorFlow.js to layers: operations of TensorFlow as tensorflowjs_converter writes them, weights in the
 * same files as those of a layers model.
 *
 * Maps lie channels last. Operations: convolutions with what is joined to them, normalisation, pooling, sums, products by
 * channel, concatenation, means, dense layers.
 */
import type { io } from '@tensorflow/tfjs-core';
import type { Json, JsonObject } from '../../../src/sdk/index.ts';
import { addAffine, convolutionConfig, createLayerList, type LayerWeight, type Network } from './layer-list.ts';
import { unknownOperation, unreadable } from './network-problems.ts';

interface Value {
  readonly layer: string;
  /** 0: not known. */
  readonly channels: number;
  /** The means of maps, kept as maps of one place in the file. */
  readonly isPoint?: boolean;
}

const ACTIVATIONS: Readonly<Record<string, string>> = {
  Relu: 'relu',
  Relu6: 'relu6',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Softmax: 'softmax',
};

/** @param until  name of an operation: what comes after it is not read. @throws StageError E0884, E0885. */
export function readGraphModel(
  text: io.ModelJSON,
  weights: ReadonlyMap<string, LayerWeight>,
  file: string,
  until: string,
): Network {
  const nodes = (text.modelTopology as unknown as { node: JsonObject[] }).node;
  const input = nodes.find(({ op }) => op === 'Placeholder');
  if (input === undefined) throw unreadable(file, 'it takes no images');
  const dimensions = (attribute(input, 'shape')?.shape as JsonObject | undefined)?.dim as JsonObject[] | undefined;
  const channels = Math.max(1, Number(dimensions?.[3]?.size ?? 3));
  const list = createLayerList(String(input.name), channels);
  const values = new Map<string, Value>([[String(input.name), { layer: String(input.name), channels }]]);
  const fixed = new Map(weights);

  for (const node of nodes) {
    const name = String(node.name);
    const inputs = ((node.input ?? []) as string[])
      .filter((each) => !each.startsWith('^'))
      .map((each) => each.replace(/:\d+$/, ''));
    if (node.op === 'Placeholder' || node.op === 'Const') continue;
    const constants = inputs.map((each) => fixed.get(each) ?? null);
    const [only] = constants;
    if (node.op === 'Identity' && only !== null && only !== undefined) {
      fixed.set(name, only);
      continue;
    }
    const made = readNode({
      node,
      name,
      op: String(node.op),
      constants,
      value: (at) => valueAt(inputs[at] ?? '', name),
    });
    values.set(name, made);
    if (name === until) return { ...list.toNetwork(), until: made.layer };
  }
  return { ...list.toNetwork(), until };

  function valueAt(name: string, at: string): Value {
    const value = values.get(name);
    if (value === undefined) throw unreadable(file, `\`${name}\` is used at \`${at}\` before it is made`);
    return value;
  }

  function readNode({ node, name, op, constants, value }: NodeToRead): Value {
    const activation = ACTIVATIONS[op];
    if (activation !== undefined) {
      return { ...value(0), layer: list.add('Activation', name, [value(0).layer], { activation }) };
    }
    if (/Conv2d|Conv2D/.test(op)) return convolve({ node, name, op, constants, value });
    if (op === 'FusedBatchNormV3' || op === 'FusedBatchNorm') {
      const parts = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((part, i) => [
        part,
        need(constants[i + 1], op, name),
      ]);
      const config = { axis: -1, epsilon: Number(attribute(node, 'epsilon')?.f ?? 0.0001), momentum: 0.99 };
      const layer = list.add('BatchNormalization', name, [mapOf(value(0))], config, Object.fromEntries(parts));
      return { ...value(0), layer, isPoint: false };
    }
    if (op === 'MaxPool' || op === 'AvgPool') {
      const [, height = 1, width = 1] = numbers(node, 'ksize');
      const config = {
        pool_size: [height, width],
        strides: strides(node),
        padding: padding(node),
        data_format: 'channels_last',
      };
      const kind = op === 'MaxPool' ? 'MaxPooling2D' : 'AveragePooling2D';
      return { ...value(0), layer: list.add(kind, name, [value(0).layer], config) };
    }
    if (op === 'BiasAdd' || /^(Add|AddV2|Sub|Mul)$/.test(op)) return combine({ node, name, op, constants, value });
    if (op === 'Mean') {
      const axes = [...need(constants[1], op, name).values].map((axis) => (axis + 4) % 4).join();
      if (axes !== '1,2') throw unknownOperation(op, name, 'it is not over height and width');
      const layer = list.add('GlobalAveragePooling2D', name, [value(0).layer], { data_format: 'channels_last' });
      return { layer, channels: value(0).channels, isPoint: attribute(node, 'keep_dims')?.b === true };
    }
    if (op === 'ConcatV2') {
      const count = constants.length - 1;
      const parts = Array.from({ length: count }, (_, i) => value(i));
      const layer = list.add('Concatenate', name, parts.map(mapOf), { axis: -1 });
      return { layer, channels: parts.reduce((sum, part) => sum + part.channels, 0) };
    }
    if (op === 'Pad' || op === 'PadV2') {
      const [, , top = 0, bottom = 0, left = 0, right = 0] = need(constants[1], op, name).values;
      const config = {
        padding: [
          [top, bottom],
          [left, right],
        ],
        data_format: 'channels_last',
      };
      return { ...value(0), layer: list.add('ZeroPadding2D', name, [value(0).layer], config) };
    }
    if (op === 'MatMul' || op === '_FusedMatMul') {
      const { shape, values: kernel } = need(constants[1], op, name);
      if (attribute(node, 'transpose_b')?.b === true) throw unknownOperation(op, name, '`transpose_b`');
      const bias = op === 'MatMul' ? null : (constants[2] ?? null);
      const [, units = 1] = shape;
      const config = { units, activation: joinedActivation(node, op, name), use_bias: bias !== null };
      const layer = list.add('Dense', name, [value(0).layer], config, {
        kernel: { shape, values: kernel },
        ...(bias === null ? {} : { bias: { shape: [units], values: bias.values } }),
      });
      return { layer, channels: units };
    }
    if (op === 'Identity' || op === 'Dropout') return value(0);
    if ((op === 'Squeeze' || op === 'Reshape') && value(0).isPoint === true) return { ...value(0), isPoint: false };
    if (op === 'Reshape' && constants[1]?.values.length === 2) {
      return { layer: list.add('Flatten', name, [value(0).layer], {}), channels: 0 };
    }
    throw unknownOperation(op, name);
  }

  function mapOf({ layer, channels: count, isPoint }: Value): string {
    return isPoint === true ? list.add('Reshape', `${layer}/map`, [layer], { target_shape: [1, 1, count] }) : layer;
  }

  function convolve({ node, name, op, constants, value }: NodeToRead): Value {
    const filter = need(constants[1], op, name);
    const [height = 1, width = 1, count = 1, last = 1] = filter.shape;
    const isDepthwise = /Depthwise/.test(op);
    const bias = /Fused/.test(op) ? (constants[2] ?? null) : null;
    const [, down = 1, right = 1] = numbers(node, 'dilations');
    const layer = list.add(
      isDepthwise ? 'DepthwiseConv2D' : 'Conv2D',
      name,
      [mapOf(value(0))],
      convolutionConfig({
        kernel: [height, width],
        strides: strides(node),
        dilation: [down, right],
        padding: padding(node),
        activation: joinedActivation(node, op, name),
        hasBias: bias !== null,
        ...(isDepthwise ? { multiplier: last } : { filters: last }),
      }),
      {
        [isDepthwise ? 'depthwise_kernel' : 'kernel']: filter,
        ...(bias === null ? {} : { bias: { shape: [bias.values.length], values: bias.values } }),
      },
    );
    return { layer, channels: isDepthwise ? count * last : last };
  }

  function combine({ name, op, constants, value }: NodeToRead): Value {
    const [left, right] = constants;
    const constant = right ?? left ?? null;
    if (constant === null) {
      if (op === 'Sub') throw unknownOperation(op, name, 'of two computed values');
      const parts = [value(0), value(1)];
      const layer = list.add(op === 'Mul' ? 'Multiply' : 'Add', name, parts.map(mapOf), {});
      return { ...value(0), layer, isPoint: false };
    }
    const source = right === null ? value(1) : value(0);
    const size = source.channels || constant.values.length;
    const { length } = constant.values;
    if ((length !== 1 && length !== size) || (op === 'Sub' && right === null)) {
      throw unknownOperation(op, name, 'by a constant that is not one for each channel');
    }
    const each = Float32Array.from({ length: size }, (_, c) => constant.values[length === 1 ? 0 : c] as number);
    const ones = new Float32Array(size).fill(1);
    const layer =
      op === 'Mul'
        ? addAffine(list, name, source.layer, each, new Float32Array(size))
        : addAffine(list, name, source.layer, ones, op === 'Sub' ? each.map((v) => -v) : each);
    return { ...source, layer };
  }
}

interface NodeToRead {
  readonly node: JsonObject;
  readonly name: string;
  readonly op: string;
  /** By place of the input; null: computed. */
  readonly constants: readonly (LayerWeight | null)[];
  value(at: number): Value;
}

function need(constant: LayerWeight | null | undefined, op: string, name: string): LayerWeight {
  if (constant === null || constant === undefined) throw unknownOperation(op, name, 'its weights are computed');
  return constant;
}

function attribute(node: JsonObject, name: string): JsonObject | undefined {
  return (node.attr as JsonObject | undefined)?.[name] as JsonObject | undefined;
}

function numbers(node: JsonObject, name: string): number[] {
  const list = attribute(node, name)?.list as JsonObject | undefined;
  return ((list?.i ?? []) as Json[]).map(Number);
}

function strides(node: JsonObject): [number, number] {
  const [, down = 1, right = 1] = numbers(node, 'strides');
  return [down, right];
}

/** Text is in base 64. */
function textOf(value: Json | undefined): string {
  return Buffer.from(String(value ?? ''), 'base64').toString('utf8');
}

function padding(node: JsonObject): 'same' | 'valid' {
  const kind = textOf(attribute(node, 'padding')?.s);
  if (kind === 'SAME') return 'same';
  if (kind === 'VALID') return 'valid';
  throw unknownOperation(String(node.op), String(node.name), `\`padding\` ${kind}`);
}

/** What a joined operation does after its sum. */
function joinedActivation(node: JsonObject, op: string, name: string): string {
  const joined = ((attribute(node, 'fused_ops')?.list as JsonObject | undefined)?.s ?? []) as Json[];
  const kind = joined.map(textOf).find((each) => each !== 'BiasAdd');
  if (kind === undefined) return 'linear';
  const activation = ACTIVATIONS[kind];
  if (activation === undefined) throw unknownOperation(`${op} with ${kind}`, name);
  return activation;
}
