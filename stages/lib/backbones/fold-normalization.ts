/**
 * Puts normalisations, and the relu behind them, into the convolutions before them: what is frozen needs no statistics of its
 * own, and every numeric backend then computes less.
 *
 * A normalisation by fixed statistics is a factor and a constant for each channel. Sums of a convolution come out in another
 * rounding than with the normalisation behind it; everything else stays.
 */
import type { Json, JsonObject } from '../../../src/sdk/index.ts';
import type { CutBackbone } from '../models/backbone-topology.ts';
import type { LayerWeight } from './layer-list.ts';

const CONVOLUTIONS = ['Conv2D', 'DepthwiseConv2D'];
const JOINED = ['relu', 'relu6'];

/** The same network with fewer layers. */
export function foldNormalization({ topology, weights }: CutBackbone): CutBackbone {
  const model = topology.config as JsonObject;
  let layers = model.layers as JsonObject[];
  let outputs = model.output_layers as Json[][] | undefined;
  const folded = new Map(weights);

  /** The one layer that takes values of this one, if nothing else does. */
  const onlyUser = (layer: JsonObject): JsonObject | null => {
    const name = nameOf(layer);
    if (outputs?.some(([each]) => each === name) === true) return null;
    const place = layers.indexOf(layer);
    const users = layers.filter((each, at) => sourcesOf(each)?.includes(name) ?? at === place + 1);
    return users.length === 1 ? (users[0] as JsonObject) : null;
  };
  /** Whoever took values of the layer takes them of the one before. */
  const leaveOut = (layer: JsonObject, before: string): void => {
    const name = nameOf(layer);
    const other = (each: Json) => (each === name ? before : each);
    layers = layers
      .filter((each) => each !== layer)
      .map((each) => {
        if (each.inbound_nodes === undefined) return each;
        const nodes = each.inbound_nodes as Json[][][];
        return {
          ...each,
          inbound_nodes: nodes.map((node) => node.map(([from = '', ...rest]) => [other(from), ...rest])),
        };
      });
    outputs = outputs?.map(([from = '', ...rest]) => [other(from), ...rest]);
  };
  const change = (layer: JsonObject, config: JsonObject): void => {
    layers = layers.map((each) =>
      nameOf(each) === nameOf(layer) ? { ...each, config: { ...(each.config as JsonObject), ...config } } : each,
    );
  };
  const current = (name: string) => layers.find((each) => nameOf(each) === name) as JsonObject;

  const names = layers.filter((each) => CONVOLUTIONS.includes(String(each.class_name))).map(nameOf);
  for (const name of names) {
    if (configOf(current(name)).activation !== 'linear') continue;
    const normalization = onlyUser(current(name));
    if (normalization?.class_name === 'BatchNormalization') {
      foldInto(folded, current(name), normalization);
      change(current(name), { use_bias: true });
      leaveOut(current(nameOf(normalization)), name);
    }
    const activation = onlyUser(current(name));
    const kind = activation === null ? null : reluOf(activation);
    if (activation === null || kind === null) continue;
    change(current(name), { activation: kind });
    leaveOut(current(nameOf(activation)), name);
  }
  const config = { ...model, layers, ...(outputs === undefined ? {} : { output_layers: outputs }) };
  return { topology: { ...topology, config }, weights: folded };
}

function foldInto(weights: Map<string, LayerWeight>, convolution: JsonObject, normalization: JsonObject): void {
  const [name, statistics] = [nameOf(convolution), nameOf(normalization)];
  const isDepthwise = convolution.class_name === 'DepthwiseConv2D';
  const part = `${name}/${isDepthwise ? 'depthwise_kernel' : 'kernel'}`;
  const kernel = weights.get(part) as LayerWeight;
  const [, , inputs = 1, last = 1] = kernel.shape;
  const channels = isDepthwise ? inputs * last : last;
  const take = (of: string, otherwise: number): Float32Array => {
    const found = weights.get(`${statistics}/${of}`);
    weights.delete(`${statistics}/${of}`);
    return found?.values ?? new Float32Array(channels).fill(otherwise);
  };
  const epsilon = Number(configOf(normalization).epsilon ?? 0.001);
  const [gamma, beta] = [take('gamma', 1), take('beta', 0)];
  const [mean, variance] = [take('moving_mean', 0), take('moving_variance', 1)];
  const factor = variance.map((value, c) => (gamma[c] as number) / Math.sqrt(value + epsilon));
  const bias = weights.get(`${name}/bias`)?.values ?? new Float32Array(channels);
  weights.set(part, {
    shape: kernel.shape,
    values: kernel.values.map((value, i) => value * (factor[i % channels] as number)),
  });
  weights.set(`${name}/bias`, {
    shape: [channels],
    values: bias.map((value, c) => (value - (mean[c] as number)) * (factor[c] as number) + (beta[c] as number)),
  });
}

function reluOf(layer: JsonObject): string | null {
  const { activation, max_value: most } = configOf(layer);
  if (layer.class_name === 'Activation' && JOINED.includes(String(activation))) return String(activation);
  if (layer.class_name !== 'ReLU') return null;
  return most === undefined || most === null ? 'relu' : most === 6 ? 'relu6' : null;
}

function nameOf(layer: JsonObject): string {
  return String(configOf(layer).name);
}

function configOf(layer: JsonObject): JsonObject {
  return layer.config as JsonObject;
}

function sourcesOf(layer: JsonObject): string[] | null {
  if (layer.inbound_nodes === undefined) return null;
  return (layer.inbound_nodes as Json[][][]).flatMap((node) => node.map(([from]) => String(from)));
}
