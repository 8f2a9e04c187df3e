/**
 * From layers to ONNX, for a frozen backbone that another program runs.
 *
 * Operators are those of opset 13. The program is given images as they lie in memory here,
 * channels last, and gives maps back like that.
 */
import type { Json, JsonObject } from '../../../src/sdk/index.ts';
import type { CutBackbone } from '../models/backbone-topology.ts';
import { createOnnx, type OnnxBuilder } from './onnx-builder.ts';

export const ONNX_INPUT = 'images';
export const ONNX_OUTPUT = 'features';

/**
 * @param shape     of an image. @param batch  images in each run.
 * @param isPooled  end with the mean of each map.
 * @returns null when a layer has no counterpart.
 */
export function writeOnnx(
  { topology, weights }: CutBackbone,
  { shape, batch, isPooled }: { shape: readonly [number, number, number]; batch: number; isPooled: boolean },
): Uint8Array | null {
  const graph = createOnnx();
  const model = topology.config as JsonObject;
  const layers = model.layers as JsonObject[];
  let before = '';
  /** Whether a value is maps, which lie channels first. */
  const isMap = new Map<string, boolean>();
  for (const layer of layers) {
    const config = layer.config as JsonObject;
    const name = String(config.name);
    const nodes = layer.inbound_nodes as Json[][][] | undefined;
    const from = nodes === undefined ? [before] : nodes.flatMap((node) => node.map(([each]) => String(each)));
    before = name;
    const weight = (part: string) => weights.get(`${name}/${part}`);
    const wroteMap = from.some((each) => isMap.get(each) === true);
    const wrote = writeLayer(graph, { kind: String(layer.class_name), name, from, config, weight, isMap: wroteMap });
    if (wrote === null) return null;
    isMap.set(name, wrote === 'map');
  }
  if (isPooled && isMap.get(before) === true) {
    graph.node('GlobalAveragePool', [before], 'means');
    graph.node('Flatten', ['means'], ONNX_OUTPUT);
  } else if (isMap.get(before) === true) graph.node('Transpose', [before], ONNX_OUTPUT, { perm: [0, 2, 3, 1] });
  else graph.node('Identity', [before], ONNX_OUTPUT);
  return graph.toFile(ONNX_INPUT, [batch, ...shape], ONNX_OUTPUT);
}

interface LayerToWrite {
  readonly kind: string;
  readonly name: string;
  readonly from: readonly string[];
  readonly config: JsonObject;
  weight(part: string): { readonly shape: readonly number[]; readonly values: Float32Array } | undefined;
  readonly isMap: boolean;
}

/** @returns what its value is, or null when it has no counterpart. */
function writeLayer(graph: OnnxBuilder, layer: LayerToWrite): 'map' | 'row' | null {
  const { kind, name, from, config, isMap } = layer;
  const same = isMap ? 'map' : 'row';
  const auto_pad = config.padding === 'same' ? 'SAME_UPPER' : 'VALID';
  const strides = config.strides as number[];
  switch (kind) {
    case 'InputLayer':
      graph.node('Transpose', [ONNX_INPUT], name, { perm: [0, 3, 1, 2] });
      return 'map';
    case 'ZeroPadding2D': {
      const [[top, bottom], [left, right]] = sides(config.padding);
      graph.int64s(`${name}/pads`, [0, 0, top, left, 0, 0, bottom, right]);
      graph.node('Pad', [...from, `${name}/pads`], name);
      return 'map';
    }
    case 'Conv2D':
    case 'DepthwiseConv2D': {
      const filter = layer.weight(kind === 'Conv2D' ? 'kernel' : 'depthwise_kernel');
      if (filter === undefined) return null;
      const [height = 1, width = 1, inputs = 1, last = 1] = filter.shape;
      const isDepthwise = kind === 'DepthwiseConv2D';
      const shape = isDepthwise ? [inputs * last, 1, height, width] : [last, inputs, height, width];
      graph.floats(
        `${name}/filter`,
        shape,
        isDepthwise
          ? channelsFirst(filter.values, height * width)
          : turned(filter.values, height * width, inputs, last),
      );
      const bias = layer.weight('bias');
      if (bias !== undefined) graph.floats(`${name}/bias`, bias.shape, bias.values);
      const made = `${name}/sum`;
      graph.node('Conv', [...from, `${name}/filter`, ...(bias === undefined ? [] : [`${name}/bias`])], made, {
        kernel_shape: [height, width],
        strides,
        dilations: (config.dilation_rate as number[] | undefined) ?? [1, 1],
        group: isDepthwise ? inputs : 1,
        auto_pad,
      });
      return activate(graph, String(config.activation ?? 'linear'), made, name) ? 'map' : null;
    }
    case 'BatchNormalization': {
      const parts = ['gamma', 'beta', 'moving_mean', 'moving_variance'];
      const size = layer.weight('moving_mean')?.shape ?? [];
      for (const part of parts) {
        const otherwise = new Float32Array(size[0] ?? 0).fill(part === 'gamma' ? 1 : 0);
        graph.floats(`${name}/${part}`, size, layer.weight(part)?.values ?? otherwise);
      }
      const epsilon = { float: Number(config.epsilon ?? 0.001) };
      graph.node('BatchNormalization', [...from, ...parts.map((part) => `${name}/${part}`)], name, { epsilon });
      return same;
    }
    case 'ReLU': {
      const most = config.max_value as number | null | undefined;
      if (config.threshold || config.negative_slope) return null;
      if (most === undefined || most === null) graph.node('Relu', from, name);
      else graph.clip(from[0] ?? '', name, most);
      return same;
    }
    case 'Activation':
      return activate(graph, String(config.activation), from[0] ?? '', name) ? same : null;
    case 'MaxPooling2D':
    case 'AveragePooling2D':
      graph.node(kind === 'MaxPooling2D' ? 'MaxPool' : 'AveragePool', from, name, {
        kernel_shape: config.pool_size as number[],
        strides,
        auto_pad,
      });
      return 'map';
    case 'GlobalAveragePooling2D':
      graph.node('GlobalAveragePool', from, `${name}/map`);
      graph.node('Flatten', [`${name}/map`], name);
      return 'row';
    case 'Reshape': {
      const [height, width, channels] = config.target_shape as number[];
      // Only a row as a map of one place, which is the same in either order.
      if (height !== 1 || width !== 1 || channels === undefined) return null;
      graph.int64s(`${name}/shape`, [0, channels, 1, 1]);
      graph.node('Reshape', [...from, `${name}/shape`], name);
      return 'map';
    }
    case 'Add':
    case 'Multiply': {
      const operator = kind === 'Add' ? 'Add' : 'Mul';
      if (from.length !== 2) return null;
      graph.node(operator, from, name);
      return same;
    }
    case 'Concatenate':
      graph.node('Concat', from, name, { axis: 1 });
      return same;
    case 'Dropout':
      graph.node('Identity', from, name);
      return same;
    default:
      return null;
  }
}

function activate(graph: OnnxBuilder, activation: string, from: string, to: string): boolean {
  if (activation === 'linear') graph.node('Identity', [from], to);
  else if (activation === 'relu') graph.node('Relu', [from], to);
  else if (activation === 'relu6') graph.clip(from, to, 6);
  else if (activation === 'sigmoid') graph.node('Sigmoid', [from], to);
  else return false;
  return true;
}

function sides(padding: Json | undefined): [[number, number], [number, number]] {
  const [rows = 1, columns = 1] = Array.isArray(padding) ? padding : [padding ?? 1, padding ?? 1];
  const pair = (value: Json): [number, number] =>
    Array.isArray(value) ? (value as [number, number]) : [Number(value), Number(value)];
  return [pair(rows), pair(columns)];
}

/** [place, input, filter] as [filter, input, place]. */
function turned(values: Float32Array, places: number, inputs: number, filters: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let place = 0; place < places; place++) {
    for (let input = 0; input < inputs; input++) {
      const at = (place * inputs + input) * filters;
      for (let filter = 0; filter < filters; filter++) {
        result[(filter * inputs + input) * places + place] = values[at + filter] as number;
      }
    }
  }
  return result;
}

/** [place, channel] as [channel, place]. */
function channelsFirst(values: Float32Array, places: number): Float32Array {
  return turned(values, places, 1, values.length / places);
}
