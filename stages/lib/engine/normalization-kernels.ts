/** Batch normalisation: with given statistics, and with the batch's own together with its gradient. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type Define, isFloat, need } from './define-kernels.ts';
import { type EngineBackend, sizeOf } from './engine-backend.ts';
import { chunkRowsFor, columnSums } from './reduction-kernels.ts';

/** Kernels that only the engine has; `fused-layers.ts` calls them. */
export const BATCH_NORM = 'PipeBatchNorm';
export const BATCH_NORM_GRADIENT = 'PipeBatchNormGradient';
export const ACTIVATION_GRADIENT = 'PipeActivationGradient';
export const COLUMN_SUMS = 'PipeColumnSums';

export function registerNormalization(define: Define, backend: EngineBackend): void {
  define('FusedBatchNorm', (inputs, attrs) => {
    const [x, mean, variance] = [need(inputs, 'x'), need(inputs, 'mean'), need(inputs, 'variance')];
    const [scale, offset] = [inputs.scale ?? null, inputs.offset ?? null];
    const C = x.shape.at(-1) ?? 1;
    const perChannel = [mean, variance, scale, offset].every((each) => each === null || sizeOf(each.shape) === C);
    if (!perChannel || !isFloat(x, mean, variance, scale, offset)) return null;
    const y = backend.output(x.shape, 'float32');
    const factor = backend.scratch(C);
    backend.call('inverseDeviation', backend.address(variance), C, attrs.varianceEpsilon as number, factor);
    normalize(backend, x, backend.address(mean), factor, addressOf(backend, scale), addressOf(backend, offset), y);
    return y;
  });

  /** x, gamma?, beta? -> y, mean, variance (biased), 1 / deviation. */
  define(BATCH_NORM, (inputs, attrs) => {
    const x = need(inputs, 'x');
    const [R, C] = rowsOf(x);
    const y = backend.output(x.shape, 'float32');
    const [mean, variance, scale] = [0, 1, 2].map(() => backend.output([C], 'float32')) as [
      TensorInfo,
      TensorInfo,
      TensorInfo,
    ];
    const chunkRows = chunkRowsFor(C);
    const chunks = Math.ceil(R / chunkRows);
    const parts = backend.scratch(2 * chunks * C);
    backend.pool.run('chunkMoments', [backend.address(x), R, C, chunkRows, parts], chunks, R * C * 2);
    const to = [mean, variance, scale].map((each) => backend.address(each));
    backend.call('mergeMoments', parts, R, C, chunkRows, attrs.epsilon as number, ...to);
    const [gamma, beta] = [addressOf(backend, inputs.gamma), addressOf(backend, inputs.beta)];
    normalize(backend, x, backend.address(mean), backend.address(scale), gamma, beta, y);
    return [y, mean, variance, scale];
  });

  /** x, dy, mean, scale, gamma? -> dx, dGamma, dBeta. */
  define(BATCH_NORM_GRADIENT, (inputs) => {
    const [x, dy] = [need(inputs, 'x'), need(inputs, 'dy')];
    const [R, C] = rowsOf(x);
    const dx = backend.output(x.shape, 'float32');
    const [dBeta, dGamma] = [backend.output([C], 'float32'), backend.output([C], 'float32')];
    const [mean, scale] = [backend.address(need(inputs, 'mean')), backend.address(need(inputs, 'scale'))];
    const chunkRows = chunkRowsFor(C);
    const chunks = Math.ceil(R / chunkRows);
    const parts = backend.scratch(2 * chunks * C);
    const both = backend.scratch(2 * C);
    const from = [backend.address(x), backend.address(dy), R, C, mean, scale];
    backend.pool.run('chunkGradients', [...from, chunkRows, parts], chunks, R * C * 2);
    backend.pool.run('addChunks', [parts, 2 * C, chunks, both], Math.ceil((2 * C) / 16), 2 * C * chunks);
    const sums = new Float32Array(backend.heap.memory.buffer, both, 2 * C);
    backend.view(dBeta).set(sums.subarray(0, C));
    backend.view(dGamma).set(sums.subarray(C));
    const args = [
      addressOf(backend, inputs.gamma),
      backend.address(dGamma),
      backend.address(dBeta),
      backend.address(dx),
    ];
    backend.pool.run('normalizeGradient', [...from, ...args], R, R * C * 2, 16);
    return [dx, dGamma, dBeta];
  });

  /** y, dy -> the gradient before the activation, and its sums over all but the last axis. */
  define(ACTIVATION_GRADIENT, (inputs, attrs) => {
    const [y, dy] = [need(inputs, 'y'), need(inputs, 'dy')];
    const [R, C] = rowsOf(y);
    const dx = backend.output(y.shape, 'float32');
    const sum = backend.output([C], 'float32');
    const chunkRows = chunkRowsFor(C);
    const chunks = Math.ceil(R / chunkRows);
    const sums = backend.scratch(chunks * C);
    const [from, gradient, to] = [backend.address(y), backend.address(dy), backend.address(dx)];
    const args = [attrs.activation as number, from, gradient, to, R, C, chunkRows, sums];
    backend.pool.run('activationGradient', args, chunks, R * C * 2);
    backend.pool.run('addChunks', [sums, C, chunks, backend.address(sum)], Math.ceil(C / 16), C * chunks);
    return [dx, sum];
  });

  /** x -> its sums over all but the last axis. */
  define(COLUMN_SUMS, (inputs) => {
    const x = need(inputs, 'x');
    const [R, C] = rowsOf(x);
    const sum = backend.output([C], 'float32');
    columnSums(backend, backend.address(x), R, C, backend.address(sum));
    return sum;
  });
}

function normalize(
  backend: EngineBackend,
  x: TensorInfo,
  mean: number,
  scale: number,
  gamma: number,
  beta: number,
  y: TensorInfo,
): void {
  const [R, C] = rowsOf(x);
  const args = [backend.address(x), C, mean, scale, gamma, beta, 0, backend.address(y)];
  backend.pool.run('normalize', args, R, R * C * 2, 16);
}

function rowsOf(x: TensorInfo): [number, number] {
  const C = x.shape.at(-1) ?? 1;
  return [sizeOf(x.shape) / C, C];
}

function addressOf(backend: EngineBackend, x: TensorInfo | null | undefined): number {
  return x === null || x === undefined ? 0 : backend.address(x);
}
