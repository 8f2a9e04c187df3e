/** Does parts of the current job until none is left. @returns whether there was any. */
export function takeParts(
  words: Int32Array,
  values: Float64Array,
  kernels: readonly ((...args: number[]) => number)[],
  worker: number,
): boolean;
