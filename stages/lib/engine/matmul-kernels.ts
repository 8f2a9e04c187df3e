/** Products of matrices, alone and with what follows them. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../backend/tensorflow.ts';
import { type Define, isFloat, need } from './define-kernels.ts';
import { type EngineBackend, sizeOf } from './engine-backend.ts';
import { type Filter, plainFilter } from './filters.ts';
import { DENSE } from './fused-layers.ts';
import { applyInPlace, endOf } from './product-end.ts';

export function registerProducts(tf: Tf, define: Define, backend: EngineBackend): void {
  define('BatchMatMul', (inputs, attrs) => {
    const [a, b] = [need(inputs, 'a'), need(inputs, 'b')];
    if (!isFloat(a, b)) return null;
    return product(tf, backend, a, b, attrs.transposeA === true, attrs.transposeB === true, null, 0);
  });

  for (const name of ['_FusedMatMul', DENSE]) {
    define(name, (inputs, attrs) => {
      const [a, b] = [need(inputs, 'a'), need(inputs, 'b')];
      const bias = inputs.bias ?? null;
      const end = endOf(attrs);
      if (!isFloat(a, b, bias) || end === null) return null;
      const columns = attrs.transposeB === true ? b.shape.at(-2) : b.shape.at(-1);
      if (bias !== null && (sizeOf(bias.shape) !== columns || bias.shape.at(-1) !== columns)) return null;
      const [transposeA, transposeB] = [attrs.transposeA === true, attrs.transposeB === true];
      const y = product(tf, backend, a, b, transposeA, transposeB, bias, end.activation);
      if (y !== null && end.after !== null) applyInPlace(backend, end.after, y, end.alpha);
      return y;
    });
  }
}

function product(
  tf: Tf,
  backend: EngineBackend,
  a: TensorInfo,
  b: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  bias: TensorInfo | null,
  activation: number,
): TensorInfo | null {
  const [rowsOfA = 1, columnsOfA = 1] = a.shape.slice(-2);
  const [rowsOfB = 1, columnsOfB = 1] = b.shape.slice(-2);
  const [M, K] = transposeA ? [columnsOfA, rowsOfA] : [rowsOfA, columnsOfA];
  const N = transposeB ? rowsOfB : columnsOfB;
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const batches = sizeOf(outer);
  const [batchesOfA, batchesOfB] = [sizeOf(a.shape.slice(0, -2)), sizeOf(b.shape.slice(0, -2))];
  if ((batchesOfA !== 1 && batchesOfA !== batches) || (batchesOfB !== 1 && batchesOfB !== batches)) return null;
  if (transposeA && (transposeB || bias !== null || activation !== 0)) return null;
  const out = backend.output([...outer, M, N], 'float32');
  for (let i = 0; i < batches; i++) {
    const fromA = backend.address(a) + (batchesOfA === 1 ? 0 : i * M * K * 4);
    const fromB = backend.address(b) + (batchesOfB === 1 ? 0 : i * K * N * 4);
    const to = backend.address(out) + i * M * N * 4;
    if (transposeA) multiplyTransposed(backend, fromA, fromB, to, K, M, N);
    else
      multiply(
        backend,
        fromA,
        batchesOfB === 1 ? plainFilter(backend, b, bias) : unkept(backend, fromB, bias),
        transposeB,
        to,
        M,
        K,
        N,
        activation,
      );
    backend.releaseScratch();
  }
  return out;
}

/** One of several matrices of a tensor. */
function unkept(backend: EngineBackend, matrix: number, bias: TensorInfo | null): Filter {
  return {
    bias: bias === null ? 0 : backend.address(bias),
    prepared(_, floats, make) {
      const to = backend.scratch(floats);
      make(matrix, to);
      return to;
    },
  };
}

/** out[M, N] = activation(a[M, K] * b + bias), by address; b is [K, N], or [N, K] if it is to be transposed. */
export function multiply(
  backend: EngineBackend,
  a: number,
  b: Filter,
  transposeB: boolean,
  out: number,
  M: number,
  K: number,
  N: number,
  activation: number,
): void {
  const panels = panelsOf(backend, b, K, N, transposeB);
  const { pool } = backend;
  const rowBlocks = Math.ceil(M / 4);
  // Few rows and many columns, as in a dense layer: the panels are parted, so that each is read once.
  const byPanels = rowBlocks < 4 * pool.threads ? 1 : 0;
  pool.run(
    'matmul',
    [a, panels, out, M, K, N, b.bias, activation, byPanels],
    byPanels === 1 ? Math.ceil(N / 8) : rowBlocks,
    M * K * N,
    byPanels === 1 ? 1 : 16,
  );
}

/** A matrix [K, N], or [N, K] if it is to be transposed, in panels of eight columns. */
export function panelsOf(backend: EngineBackend, matrix: Filter, K: number, N: number, isTransposed = false): number {
  const count = Math.ceil(N / 8);
  return matrix.prepared(isTransposed ? 'transposed' : 'panels', count * K * 8, (from, to) => {
    const args = isTransposed ? [from, 1, K, K, N, to, K * 32] : [from, N, 1, K, N, to, K * 32];
    backend.pool.run('packPanels', args, count, K * N);
  });
}

/** out[M, N] = transpose(a[P, M]) * b[P, N], all by address. */
export function multiplyTransposed(
  backend: EngineBackend,
  a: number,
  b: number,
  out: number,
  P: number,
  M: number,
  N: number,
): void {
  const { pool } = backend;
  const floats = backend.call('matmulTransposedScratch', N);
  const scratch = backend.scratch(floats * pool.threads);
  pool.run('matmulTransposed', [a, b, out, P, M, N, scratch, floats], Math.ceil(M / 16), P * M * N);
}
