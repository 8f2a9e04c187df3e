/**
 * Runs convolution, batch normalisation and relu as one convolution where nothing is trained, and a sum and relu as one.
 *
 * A normalisation by fixed statistics is a factor and a constant for each channel, so it can be put into the filter before it
 * is used. That is done while a model runs forward, for layers whose outputs that model uses nowhere else; the layers that
 * follow find the values already made and hand them on. Models, their weights and what is saved stay as they are.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Layers, Tf } from '../backend/tensorflow.ts';
import { ENGINE_NAME } from './engine-backend.ts';

type Layer = LayersModel['layers'][number];

/** What layers have besides their public interface. */
export interface FoldedLayer {
  readonly axis?: number;
  readonly epsilon?: number;
  readonly maxValue?: number;
  readonly gamma?: { read(): Tensor } | null;
  readonly beta?: { read(): Tensor } | null;
  readonly movingMean?: { read(): Tensor };
  readonly movingVariance?: { read(): Tensor };
  readonly activation?: { getClassName(): string } | null;
}

export interface Chain {
  readonly normalization: FoldedLayer;
  /** Name of the activation that follows, `linear` for none. */
  readonly activation: string;
  /** The layers that then have nothing left to do. */
  readonly done: readonly object[];
}

interface Folding {
  /** The chain that begins with this layer in the model that runs now, or null. */
  chainFrom(layer: object): Chain | null;
  /** The layer of relu after this layer of sums in the model that runs now, which uses its result alone, or null. */
  reluAfter(layer: object): object | null;
  /** Says that layers are done with a result. */
  finish(done: readonly object[], y: Tensor): void;
  /** Whether a layer's work on its input is already done. */
  isDone(layer: object, x: Tensor): boolean;
}

/** Follows which model runs, and what of its layers can be joined. */
export function createFolding(tf: Tf, layers: Layers): Folding {
  let running: LayersModel | null = null;
  const plans = new WeakMap<LayersModel, Plan>();
  const finished = new WeakMap<object, readonly object[]>();

  // A model is applied to tensors by `call` and asked for predictions by `predictLoop`; both run its layers in order.
  const container = Object.getPrototypeOf(layers.LayersModel.prototype) as object;
  watch(container, 'call', (model) => model);
  watch(layers.LayersModel.prototype, 'predictLoop', (model) => model);

  function watch(owner: object, name: string, model: (self: LayersModel) => LayersModel): void {
    const methods = owner as Record<string, (this: LayersModel, ...args: unknown[]) => unknown>;
    const own = methods[name];
    if (own === undefined) return;
    methods[name] = function (this: LayersModel, ...args: unknown[]) {
      const outer = running;
      running = model(this);
      try {
        return own.apply(this, args);
      } finally {
        running = outer;
      }
    };
  }

  /** Null where something is trained or nothing runs. */
  function planNow(): Plan | null {
    if (running === null || tf.getBackend() !== ENGINE_NAME || tf.engine().state.gradientDepth > 0) return null;
    let plan = plans.get(running);
    if (plan === undefined) {
      plan = findPlan(running);
      plans.set(running, plan);
    }
    return plan;
  }

  return {
    chainFrom: (layer) => planNow()?.chains.get(layer) ?? null,
    reluAfter: (layer) => planNow()?.sums.get(layer) ?? null,
    finish: (done, y) => void finished.set(y.dataId, done),
    isDone: (layer, x) => finished.get(x.dataId)?.includes(layer) === true,
  };
}

/** What can be joined in a model, by the layer that then does it. */
interface Plan {
  readonly chains: ReadonlyMap<object, Chain>;
  readonly sums: ReadonlyMap<object, object>;
}

function findPlan(model: LayersModel): Plan {
  const chains = new Map<object, Chain>();
  const sums = new Map<object, object>();
  const own = new Set<Layer>(model.layers);
  const ends = new Set(model.outputs.map((output) => output.sourceLayer as Layer));
  /** The one layer that uses this layer's output, if the model needs it for nothing else. */
  const onlyUser = (layer: Layer): Layer | null => {
    const [node, ...others] = layer.outboundNodes;
    if (node === undefined || others.length > 0 || ends.has(layer) || layer.inboundNodes.length !== 1) return null;
    const user = node.outboundLayer as Layer;
    return own.has(user) && user.inboundNodes.length === 1 ? user : null;
  };
  for (const layer of model.layers) {
    const kind = layer.getClassName();
    if (kind === 'Add') {
      const user = onlyUser(layer);
      if (user !== null && activationOf(user) === 'relu') sums.set(layer, user);
    }
    const activation = (layer as unknown as FoldedLayer).activation?.getClassName() ?? 'linear';
    if ((kind !== 'Conv2D' && kind !== 'DepthwiseConv2D') || activation !== 'linear') continue;
    const next = onlyUser(layer);
    if (next?.getClassName() !== 'BatchNormalization') continue;
    const normalization = next as unknown as FoldedLayer;
    if (normalization.axis !== -1 && normalization.axis !== 3) continue;
    const last = onlyUser(next);
    const joined = last === null ? null : activationOf(last);
    chains.set(layer, {
      normalization,
      activation: joined ?? 'linear',
      done: joined === null || last === null ? [next] : [next, last],
    });
  }
  return { chains, sums };
}

/** Name of a layer's activation that a convolution can do by the way. */
function activationOf(layer: Layer): string | null {
  const { activation, maxValue } = layer as unknown as FoldedLayer;
  if (layer.getClassName() === 'ReLU')
    return maxValue === undefined || maxValue === null ? 'relu' : maxValue === 6 ? 'relu6' : null;
  if (layer.getClassName() !== 'Activation') return null;
  const name = activation?.getClassName();
  return name === 'relu' || name === 'relu6' ? name : null;
}
