/**
 * Filters of convolutions as kernels get them: as they are, or with the normalisation that follows put into them.
 *
 * What is made of a filter is kept while the tensors it comes from stay as they are; a normalised filter itself is only
 * there while something is made of it.
 */
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { type EngineBackend, sizeOf } from './engine-backend.ts';

export interface Filter {
  /** Address of what is added for each output channel, 0 for nothing. */
  readonly bias: number;
  /**
   * The address of what `make` makes of the filter's values, made now or before.
   *
   * @param name  tells apart what is made of the same filter
   * @param make  gets the address of the values and where to write
   */
  prepared(name: string, floats: number, make: (from: number, to: number) => void): number;
}

export function plainFilter(backend: EngineBackend, filter: TensorInfo, bias: TensorInfo | null): Filter {
  return {
    bias: bias === null ? 0 : backend.address(bias),
    prepared: (name, floats, make) =>
      backend.prepared(name, [filter], floats, (to) => make(backend.address(filter), to)),
  };
}

/**
 * A filter, its channels last, that does the normalisation, too.
 *
 * @param inputs  `filter`, `mean` and `variance`, and maybe `bias`, `gamma` and `beta`
 */
export function normalizedFilter(
  backend: EngineBackend,
  inputs: NamedTensorInfoMap,
  filter: TensorInfo,
  epsilon: number,
): Filter {
  const parts = [inputs.bias, inputs.mean, inputs.variance, inputs.gamma, inputs.beta];
  const of = [filter, ...parts.filter((each) => each !== undefined && each !== null)];
  const size = sizeOf(filter.shape);
  const channels = sizeOf((inputs.mean as TensorInfo).shape);
  let made: { values: number; bias: number } | null = null;
  const fold = () => {
    if (made !== null) return made;
    const [values, bias] = [backend.scratch(size), backend.scratch(channels)];
    const given = parts.map((each) => (each === undefined || each === null ? 0 : backend.address(each)));
    const from = backend.address(filter);
    backend.call('foldNormalization', from, size / channels, channels, ...given, epsilon, values, bias);
    made = { values, bias };
    return made;
  };
  const key = `with normalisation ${epsilon}`;
  return {
    bias: backend.prepared(`bias ${key}`, of, channels, (to) => {
      const from = fold().bias / 4;
      new Float32Array(backend.heap.memory.buffer).copyWithin(to / 4, from, from + channels);
    }),
    prepared: (name, floats, make) => backend.prepared(`${name} ${key}`, of, floats, (to) => make(fold().values, to)),
  };
}
