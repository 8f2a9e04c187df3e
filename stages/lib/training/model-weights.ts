/** All weights of a model as plain arrays, out and in, in the order of the model. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Backend } from '../backend/open-backend.ts';

/** Copies. */
export async function readWeights(model: LayersModel): Promise<Float32Array[]> {
  const values: Float32Array[] = [];
  for (const weight of model.getWeights()) values.push(Float32Array.from(await weight.data()));
  return values;
}

export function writeWeights({ tf }: Backend, model: LayersModel, values: readonly Float32Array[]): void {
  const shapes = model.getWeights().map((weight) => weight.shape);
  tf.tidy(() => model.setWeights(values.map((value, i) => tf.tensor(Float32Array.from(value), shapes[i]))));
}
