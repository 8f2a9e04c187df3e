/** Convolution by Winograd's algorithm, and its filter gradient: how `winograd.as` is called. */
import type { backend_util } from '@tensorflow/tfjs-core';
import type { EngineBackend } from './engine-backend.ts';
import type { Filter } from './filters.ts';

type Info = backend_util.Conv2DInfo;

/** Tiles that the kernel does at a time. */
const TILES = 32;
/** Outputs along a side of a tile of a convolution with stride 1. */
const SIDE = 4;
/** Outputs along a side of a tile of a convolution with stride 2, by the filter's size. */
const STRIDED_SIDE: Readonly<Record<number, number>> = { 3: 7, 7: 5 };
/** Of an image, with stride 2. */
const LEAST_TILES = 4;
/** Floats of scratch for a tile of four channels in three states. */
const SMALL = 1024;
/** With fewer blocks of tiles than these their columns are parted, too: so many threads can work at it. */
const ENOUGH_BLOCKS = 8;
/** Parts of a filter gradient that are added up at the end: so many threads can work at it. */
export const CHUNKS = 8;
/** Floats of all parts together. */
export const MAXIMUM_SUMS = 24_000_000;

/** A convolution by its sizes alone; of a gradient, what it is the convolution of. */
export interface WinogradShape {
  readonly n: number;
  readonly H: number;
  readonly W: number;
  readonly C: number;
  readonly F: number;
  readonly OH: number;
  readonly OW: number;
  readonly top: number;
  readonly left: number;
  /** Of the filter, along a side. */
  readonly size: number;
  readonly stride: 1 | 2;
}

/** Whether the algorithm is right for these shapes with stride 1, and worth it. */
export function isWinograd(info: Info): boolean {
  const size = info.filterHeight;
  return (
    (size === 3 || size === 5) && isSquare(info, 1) && info.inChannels >= (size === 5 ? 3 : 8) && info.outChannels >= 8
  );
}

/**
 * Whether a convolution with stride 2 is worth being done by its phases.
 *
 * How many images there are must not matter: an image's values are not to depend on what it shares a batch with.
 */
export function isStridedWinograd(info: Info): boolean {
  const size = info.filterHeight;
  const outputs = STRIDED_SIDE[size];
  if (outputs === undefined || !isSquare(info, 2) || info.outChannels < 8) return false;
  if (info.inChannels < (size === 7 ? 3 : 16)) return false;
  // The filter becomes 28 times as large: that has to be read for some tiles, and these must not stand out far.
  const tiles = Math.ceil(info.outHeight / outputs) * Math.ceil(info.outWidth / outputs);
  return tiles >= LEAST_TILES && tiles * outputs ** 2 <= 1.3 * info.outHeight * info.outWidth;
}

function isSquare(info: Info, stride: number): boolean {
  return (
    info.filterWidth === info.filterHeight &&
    info.strideHeight === stride &&
    info.strideWidth === stride &&
    info.dilationHeight === 1 &&
    info.dilationWidth === 1
  );
}

function outputsOf({ size, stride }: WinogradShape): number {
  return stride === 1 ? SIDE : (STRIDED_SIDE[size] as number);
}

function tileSideOf(shape: WinogradShape): number {
  return Math.ceil(shape.size / shape.stride) + outputsOf(shape) - 1;
}

/**
 * y = activation(conv(x, filter) + bias), by address.
 *
 * @param turned  the filter is that of the convolution whose input gradient this is: F and C are as they are here
 */
export function runWinograd(
  backend: EngineBackend,
  x: number,
  filter: Filter,
  turned: boolean,
  shape: WinogradShape,
  y: number,
  activation: number,
): void {
  const { pool } = backend;
  const { n, H, W, C, F, OH, OW, top, left, size, stride } = shape;
  const [m, side] = [outputsOf(shape), tileSideOf(shape)];
  const rows = C * stride * stride;
  const panels = filter.prepared(
    `winograd ${m} ${stride} ${turned ? 'turned' : ''}`,
    backend.call('winogradPanels', side, rows, F),
    (from, to) => {
      const scratch = backend.scratch(SMALL * pool.threads);
      const [inputs, outputs] = turned ? [F, C] : [C, F];
      const args = [from, size, m, stride, inputs, outputs, turned ? 1 : 0, to, scratch];
      pool.run('winogradFilter', args, Math.ceil(F / 8), 100 * rows * F);
    },
  );
  const tiles = n * Math.ceil(OH / m) * Math.ceil(OW / m);
  const blocks = Math.ceil(tiles / TILES);
  const floats = backend.call('winogradScratch', side, rows, F);
  const scratch = backend.scratch(floats * pool.threads);
  const operations = n * OH * OW * C * F;
  const geometry = [x, n, H, W, C];
  const window = [OH, OW, top, left];
  const groups = pool.threads === 1 || blocks >= ENOUGH_BLOCKS ? 1 : Math.min(ENOUGH_BLOCKS, Math.ceil(F / 8));
  const readyFloats = groups === 1 ? 0 : backend.call('winogradBlock', side, rows);
  const ready = groups === 1 ? 0 : backend.scratch(blocks * readyFloats);
  if (groups > 1) {
    const own = backend.scratch(SMALL * pool.threads);
    const args = [...geometry, size, m, stride, ...window, ready, readyFloats, own];
    pool.run('winogradInput', args, Math.ceil(tiles / 4), 100 * tiles * rows);
  }
  const bias = filter.bias;
  const end = [bias, activation, ready, readyFloats, groups, scratch, floats];
  pool.run('winograd', [...geometry, panels, size, m, stride, F, y, ...window, ...end], blocks * groups, operations);
}

/** dw of a convolution with stride 1, all by address. */
export function winogradFilterGradient(backend: EngineBackend, x: number, dy: number, dw: number, info: Info): void {
  const { pool } = backend;
  const { batchSize: n, inHeight: H, inWidth: W, inChannels: C, outHeight: OH, outWidth: OW, outChannels: F } = info;
  const r = info.filterHeight;
  const { top, left } = info.padInfo;
  const blocks = Math.ceil((n * Math.ceil(OH / SIDE) * Math.ceil(OW / SIDE)) / TILES);
  const side = r + SIDE - 1;
  const places = side ** 2;
  const chunks = Math.max(1, Math.min(CHUNKS, blocks, Math.floor(MAXIMUM_SUMS / (places * C * F))));
  const sums = backend.scratch(chunks * places * C * F);
  const floats = backend.call('winogradScratch', side, C, F);
  const scratch = backend.scratch(floats * pool.threads);
  const args = [x, n, H, W, C, dy, F, r, OH, OW, top, left, chunks, sums, scratch, floats];
  pool.run('winogradFilterGradient', args, chunks, n * OH * OW * C * F);
  pool.run('winogradFilterGradientEnd', [sums, chunks, r, C, F, dw, scratch], C, chunks * places * C * F);
}
