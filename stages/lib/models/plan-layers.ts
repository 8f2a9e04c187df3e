/**
 * From the settings of a model to the list of its layers.
 *
 * A template is a shorthand for a list, so there is one way only in which networks are built, counted and summarised. Names
 * come from kind and number: networks that differ somewhere share the names, and so the initial weights, of the rest.
 */
import { StageError } from '../../../src/sdk/index.ts';
import type { LayerSettings, ModelSettings, NamedLayer } from './layer-types.ts';

const BATCH_NORM = { layer: 'batch-norm', momentum: 0.9, epsilon: 0.001 } as const;
const NAMES: Readonly<Record<LayerSettings['layer'], string>> = {
  conv: 'conv',
  depthwise: 'depthwise',
  separable: 'separable',
  transposed: 'transposed',
  dense: 'dense',
  'max-pool': 'pool',
  'average-pool': 'pool',
  'global-average-pool': 'global-pool',
  'global-max-pool': 'global-pool',
  'batch-norm': 'norm',
  'layer-norm': 'norm',
  activation: 'activation',
  dropout: 'dropout',
  flatten: 'flatten',
};

/**
 * @param outputs  values the network gives: one for two classes, else one for each class. They come without activation;
 *                 sigmoid or softmax is put behind them where probabilities are wanted.
 * @throws StageError for a list of values by block that is too short.
 */
export function planLayers(model: ModelSettings, outputs: number): readonly NamedLayer[] {
  const hidden =
    model.layers === null
      ? model.template === 'mlp' || model.backbone !== null
        ? mlp(model)
        : convBlocks(model)
      : withHead(model.layers, model);
  const counts = new Map<string, number>();
  const named = hidden.map((settings): NamedLayer => {
    const kind = NAMES[settings.layer];
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    return { name: `${kind}${number}`, settings };
  });
  return [...named, { name: 'output', settings: { layer: 'dense', units: outputs, activation: 'linear', bias: true } }];
}

/** A list that never leaves the plane gets the head of `model.head`: a search that draws convolutions need not draw it, too. */
function withHead(layers: readonly LayerSettings[], { head }: ModelSettings): readonly LayerSettings[] {
  const toRow: readonly LayerSettings['layer'][] = ['flatten', 'global-average-pool', 'global-max-pool', 'dense'];
  if (layers.some(({ layer }) => toRow.includes(layer))) return layers;
  return [...layers, { layer: head === 'average' ? 'global-average-pool' : 'flatten' }];
}

function convBlocks(model: ModelSettings): LayerSettings[] {
  const { padding, blocks } = model;
  const layers: LayerSettings[] = [];
  for (let block = 0; block < blocks; block++) {
    const [filters, kernel, size] = [
      Array.isArray(model.filters)
        ? ofBlock('filters', model.filters, block, blocks)
        : model.filters * (model.doubling ? 2 ** block : 1),
      ofBlock('kernel', model.kernel, block, blocks),
      ofBlock('pool', model.pool, block, blocks),
    ];
    layers.push(
      ...activated(
        { layer: 'conv', filters, kernel, stride: 1, padding, dilation: 1, activation: 'linear', bias: true },
        model,
      ),
    );
    if (size > 0) layers.push({ layer: 'max-pool', size, stride: 2, padding: 'valid' });
  }
  return [...layers, { layer: model.head === 'average' ? 'global-average-pool' : 'flatten' }, ...denseHead(model)];
}

function mlp(model: ModelSettings): LayerSettings[] {
  return [{ layer: 'flatten' }, ...denseHead(model)];
}

/** Hidden dense layers, each followed by dropout; with no hidden layer the dropout alone. */
function denseHead(model: ModelSettings): LayerSettings[] {
  const units = (Array.isArray(model.dense) ? model.dense : [model.dense]).filter((each) => each > 0);
  const dropout: LayerSettings[] = model.dropout > 0 ? [{ layer: 'dropout', rate: model.dropout }] : [];
  if (units.length === 0) return dropout;
  return units.flatMap((each) => [
    ...activated({ layer: 'dense', units: each, activation: 'linear', bias: true }, model),
    ...dropout,
  ]);
}

/** The layer with the model's activation, and the batch normalisation before it if there is one. */
function activated(
  settings: Extract<LayerSettings, { layer: 'conv' | 'dense' }>,
  { activation, batchNorm }: ModelSettings,
): LayerSettings[] {
  return batchNorm ? [settings, BATCH_NORM, { layer: 'activation', activation }] : [{ ...settings, activation }];
}

function ofBlock(name: string, values: number | readonly number[], block: number, blocks: number): number {
  if (typeof values === 'number') return values;
  const value = values[block];
  if (value !== undefined) return value;
  throw new StageError(`\`${name}\` has ${values.length} values for ${blocks} blocks`, {
    code: 'E0820',
    hint: `with: { model: { blocks: ${values.length} } }`,
  });
}
