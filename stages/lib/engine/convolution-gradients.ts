/** The gradients of convolution, by the same ways as convolution itself. */
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { EngineBackend } from './engine-backend.ts';
import { plainFilter } from './filters.ts';
import { multiply, multiplyTransposed } from './matmul-kernels.ts';
import { isPointwise, isStrided, straight } from './straight-convolution.ts';
import { CHUNKS, isWinograd, MAXIMUM_SUMS, runWinograd, winogradFilterGradient } from './winograd.ts';

type Info = backend_util.Conv2DInfo;

/** Output places of a band. */
const FILTER_BAND_PLACES = 256;

function operations(info: Info): number {
  return (
    info.batchSize *
    info.outHeight *
    info.outWidth *
    info.outChannels *
    info.inChannels *
    info.filterHeight *
    info.filterWidth
  );
}

export function inputGradient(backend: EngineBackend, dy: TensorInfo, filter: TensorInfo, info: Info): TensorInfo {
  const { pool } = backend;
  const dx = backend.output(info.inShape, 'float32');
  const { batchSize: n, inHeight: H, inWidth: W, inChannels: C, outHeight: OH, outWidth: OW, outChannels: F } = info;
  const { filterHeight: FH, filterWidth: FW, padInfo, dilationHeight, dilationWidth } = info;
  const from = plainFilter(backend, filter, null);
  if (isPointwise(info) && !isStrided(info)) {
    multiply(backend, backend.address(dy), from, true, backend.address(dx), n * H * W, F, C, 0);
    return dx;
  }
  if (isWinograd(info)) {
    const [top, left] = [FH - 1 - padInfo.top, FW - 1 - padInfo.left];
    const shape = { n, H: OH, W: OW, C: F, F: C, OH: H, OW: W, top, left, size: FH, stride: 1 } as const;
    runWinograd(backend, backend.address(dy), from, true, shape, backend.address(dx), 0);
    return dx;
  }
  const depth = FH * FW * F;
  const panels = from.prepared('turned panels', Math.ceil(C / 8) * depth * 8, (values, to) =>
    pool.run('packTurned', [values, FH * FW, C, F, to], Math.ceil(C / 8), depth * C),
  );
  straight(backend, backend.address(dy), panels, backend.address(dx), {
    n,
    H: OH,
    W: OW,
    C: F,
    F: C,
    FH,
    FW,
    OH: H,
    OW: W,
    strideY: 1,
    strideX: 1,
    dilationY: dilationHeight,
    dilationX: dilationWidth,
    top: (FH - 1) * dilationHeight - padInfo.top,
    left: (FW - 1) * dilationWidth - padInfo.left,
    spreadY: info.strideHeight,
    spreadX: info.strideWidth,
    bias: 0,
    activation: 0,
  });
  return dx;
}

export function filterGradient(backend: EngineBackend, x: TensorInfo, dy: TensorInfo, info: Info): TensorInfo {
  const { pool } = backend;
  const dw = backend.output(info.filterShape, 'float32');
  const { batchSize: n, inHeight: H, inWidth: W, inChannels: C, outHeight: OH, outWidth: OW, outChannels: F } = info;
  const { filterHeight: FH, filterWidth: FW, padInfo, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  if (isPointwise(info) && !isStrided(info)) {
    multiplyTransposed(backend, backend.address(x), backend.address(dy), backend.address(dw), n * H * W, C, F);
    return dw;
  }
  if (isWinograd(info)) {
    winogradFilterGradient(backend, backend.address(x), backend.address(dy), backend.address(dw), info);
    return dw;
  }
  const seenHeight = (OH - 1) * strideHeight + (FH - 1) * dilationHeight + 1;
  const seenWidth = (OW - 1) * strideWidth + (FW - 1) * dilationWidth + 1;
  const isPadded = padInfo.top !== 0 || padInfo.left !== 0 || seenHeight > H || seenWidth > W;
  const width = isPadded ? seenWidth : W;
  const bandRows = Math.min(OH, Math.max(1, Math.ceil(FILTER_BAND_PLACES / OW)));
  const bands = n * Math.ceil(OH / bandRows);
  const size = FH * FW * C * F;
  const chunks = Math.max(1, Math.min(2 * CHUNKS, bands, Math.floor(MAXIMUM_SUMS / size)));
  const seenRows = (bandRows - 1) * strideHeight + (FH - 1) * dilationHeight + 1;
  const paddedFloats = isPadded ? roundUp4(seenRows * width * C) + 16 : 0;
  const floats = paddedFloats + backend.call('filterGradientScratch', bandRows * OW, F) + 16;
  const sums = chunks === 1 ? backend.address(dw) : backend.scratch(chunks * size);
  const scratch = backend.scratch(roundUp4(floats) * pool.threads);
  pool.run(
    'convolveFilterGradient',
    [
      backend.address(x),
      H,
      W,
      C,
      backend.address(dy),
      F,
      FH,
      FW,
      OH,
      OW,
      strideHeight,
      strideWidth,
      dilationHeight,
      dilationWidth,
      padInfo.top,
      padInfo.left,
      isPadded ? 1 : 0,
      width,
      bandRows,
      bands,
      chunks,
      sums,
      scratch,
      roundUp4(floats),
      paddedFloats,
    ],
    chunks,
    operations(info),
  );
  addChunks(backend, sums, size, chunks, backend.address(dw));
  return dw;
}

/** Adds up what the chunks of some kernel's work gave, in their order. */
export function addChunks(backend: EngineBackend, sums: number, size: number, chunks: number, out: number): void {
  if (sums === out) return;
  backend.pool.run('addChunks', [sums, size, chunks, out], Math.ceil(size / 16), size * chunks);
}

function roundUp4(count: number): number {
  return Math.ceil(count / 4) * 4;
}
