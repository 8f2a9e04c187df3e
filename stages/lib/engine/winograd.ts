/** Convolution with stride 1 by Winograd's algorithm, and its filter gradient: how `winograd.as` is called. */
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';
import type { EngineBackend } from './engine-backend.ts';

type Info = backend_util.Conv2DInfo;

/** Tiles that the kernel does at a time. */
const TILES = 32;
/** Outputs along a side of a tile. */
const SIDE = 4;
/** Floats of scratch for a tile of four channels in three states. */
const SMALL = 1024;
/** Parts of a filter gradient that are added up at the end: so many threads can work at it. */
const CHUNKS = 8;
const MAXIMUM_SUMS = 24_000_000;

/** Whether the algorithm is right for these shapes, and worth it. */
export function isWinograd(info: Info): boolean {
  const size = info.filterHeight;
  return (
    (size === 3 || size === 5) &&
    info.filterWidth === size &&
    info.strideHeight === 1 &&
    info.strideWidth === 1 &&
    info.dilationHeight === 1 &&
    info.dilationWidth === 1 &&
    info.inChannels >= (size === 5 ? 3 : 8) &&
    info.outChannels >= 8
  );
}

/** A filter as the algorithm multiplies it. @param turned  for the gradient of the input */
export function winogradPanels(
  backend: EngineBackend,
  filter: TensorInfo,
  r: number,
  C: number,
  F: number,
  turned: boolean,
): number {
  const { pool } = backend;
  const [rows, columns] = turned ? [F, C] : [C, F];
  const panels = backend.scratch(backend.call('winogradPanels', r, rows, columns));
  const scratch = backend.scratch(SMALL * pool.threads);
  const items = Math.ceil(columns / 8);
  pool.run(
    'winogradFilter',
    [backend.address(filter), r, C, F, turned ? 1 : 0, panels, scratch],
    items,
    100 * rows * columns,
  );
  return panels;
}

/** y = activation(conv(x, filter) + bias), all by address. */
export function runWinograd(
  backend: EngineBackend,
  x: number,
  n: number,
  H: number,
  W: number,
  C: number,
  panels: number,
  r: number,
  F: number,
  y: number,
  OH: number,
  OW: number,
  top: number,
  left: number,
  bias: number,
  activation: number,
): void {
  const { pool } = backend;
  const blocks = blocksOf(n, OH, OW);
  const floats = backend.call('winogradScratch', r, C, F);
  const scratch = backend.scratch(floats * pool.threads);
  pool.run(
    'winograd',
    [x, n, H, W, C, panels, r, F, y, OH, OW, top, left, bias, activation, scratch, floats],
    blocks,
    n * OH * OW * C * F,
  );
}

/** dw of a convolution, all by address. */
export function winogradFilterGradient(backend: EngineBackend, x: number, dy: number, dw: number, info: Info): void {
  const { pool } = backend;
  const { batchSize: n, inHeight: H, inWidth: W, inChannels: C, outHeight: OH, outWidth: OW, outChannels: F } = info;
  const r = info.filterHeight;
  const { top, left } = info.padInfo;
  const blocks = blocksOf(n, OH, OW);
  const places = (r + SIDE - 1) ** 2;
  const chunks = Math.max(1, Math.min(CHUNKS, blocks, Math.floor(MAXIMUM_SUMS / (places * C * F))));
  const sums = backend.scratch(chunks * places * C * F);
  const floats = backend.call('winogradScratch', r, C, F);
  const scratch = backend.scratch(floats * pool.threads);
  const args = [x, n, H, W, C, dy, F, r, OH, OW, top, left, chunks, sums, scratch, floats];
  pool.run('winogradFilterGradient', args, chunks, n * OH * OW * C * F);
  pool.run('winogradFilterGradientEnd', [sums, chunks, r, C, F, dw, scratch], C, chunks * places * C * F);
}

function blocksOf(n: number, OH: number, OW: number): number {
  return Math.ceil((n * Math.ceil(OH / SIDE) * Math.ceil(OW / SIDE)) / TILES);
}
