/**
 * How many models were measured on the same images: the best of many is better by chance alone.
 *
 * Counted in the store, which forgets what was collected: at least so many. Two measurements touch the same images when the
 * stage of this name read the same dataset and the same split of it.
 */
import type { ActionRecord } from '../store/store.ts';

/** Of each of `actions`, those of `all` that measured another model, or the same, on the same images; at least 1. */
export function countModels(measured: ActionRecord, all: readonly ActionRecord[]): number {
  const images = imagesOf(measured);
  const model = modelOf(measured);
  if (images === null || model === null) return 1;
  const same = all.filter((each) => each.stage === measured.stage && imagesOf(each) === images);
  return new Set([model, ...same.map(modelOf)]).size;
}

/** Which images a result was measured on; null for a result that is no measurement of a model. */
function imagesOf(action: ActionRecord): string | null {
  const dataset = inputOf(action, 'dataset');
  if (dataset === null || !('predictions.csv' in action.outputs)) return null;
  const split = action.manifest.facts.find(({ kind, name }) => kind === 'param' && name === 'split');
  return `${dataset} ${JSON.stringify(split?.value ?? null)}`;
}

function modelOf(action: ActionRecord): string | null {
  return inputOf(action, 'model');
}

function inputOf({ manifest }: ActionRecord, role: string): string | null {
  const fact = manifest.facts.find(({ kind, name }) => kind === 'input' && name === role);
  return Array.isArray(fact?.value) && typeof fact.value[1] === 'string' ? fact.value[1] : null;
}
