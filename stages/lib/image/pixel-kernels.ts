/**
 * The kernels on pixels: a WebAssembly module built from `build/wasm/assembly/pixels` and committed beside this file, and
 * its memory.
 *
 * Whole-number arithmetic, or doubles in a fixed order: the same pixels everywhere. Each thread has an instance with memory that is
 * used again and again; whoever needs more than a few images' worth gets an instance of its own, which goes when it is done.
 */
import { readFileSync } from 'node:fs';
import type { Raster } from './raster.ts';

/** Addresses are those of `openScratch`; what each kernel does stands with its source. */
export interface PixelKernels {
  sumRows(first: number, length: number, rows: number, firstWeight: number, lastWeight: number, sums: number): void;
  meanColours(sums: number, columns: number, count: number, share: number, out: number): void;
  meanGrays(sums: number, columns: number, count: number, share: number, out: number): void;
  resampleAcross(
    image: number,
    length: number,
    lines: number,
    windows: number,
    weights: number,
    wanted: number,
    out: number,
  ): void;
  resampleDown(image: number, length: number, windows: number, weights: number, wanted: number, out: number): void;
  warp(
    image: number,
    width: number,
    height: number,
    channels: number,
    firstX: number,
    firstY: number,
    perLineX: number,
    perLineY: number,
    middle: number,
    shift: number,
    stepX: number,
    stepY: number,
    out: number,
  ): void;
  lumaOf(pixels: number, count: number, redGreen: number, blueGreen: number, bits: number, gray: number): void;
  mixWithGray(pixels: number, count: number, factor: number, out: number): void;
  turnColours(pixels: number, count: number, a: number, b: number, c: number, out: number): void;
  scaleDistances(values: number, count: number, centre: number, factor: number, out: number): void;
  sumChannels(pixels: number, count: number, channels: number, sums: number): void;
  blurImage(
    image: number,
    width: number,
    height: number,
    channels: number,
    weights: number,
    reach: number,
    line: number,
    across: number,
    out: number,
  ): void;
  addNoise(values: number, count: number, seed: number, scale: number, out: number): void;
  tileTable(
    image: number,
    stride: number,
    rows: number,
    height: number,
    columns: number,
    width: number,
    limit: number,
    counts: number,
    table: number,
  ): void;
  blendTables(
    line: number,
    width: number,
    upper: number,
    lower: number,
    lefts: number,
    rights: number,
    shares: number,
    share: number,
    out: number,
  ): void;
}

export interface Scratch<Places> {
  readonly kernels: PixelKernels;
  /** All of the memory: valid until `openScratch` is called again. */
  readonly bytes: Uint8Array;
  /** Address of each block, divisible by 64. What lies there is what was left there. */
  readonly at: Places;
}

interface Instance {
  readonly kernels: PixelKernels;
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  bytes: Uint8Array;
}

const PAGE_BYTES = 65_536;
/** Room for what the compiler puts at the beginning. */
const FIRST_BLOCK = 1024;
/** Kernels load and store whole vectors past the end of a block. */
const MARGIN_BYTES = 64;
const ALIGNMENT = 64;
/** An instance with more memory is let go after its use. */
const KEPT_BYTES = 32 << 20;

let compiled: WebAssembly.Module | null = null;
let kept: Instance | null = null;

/** Lays out blocks of these lengths in bytes. */
export function openScratch<const Lengths extends readonly number[]>(
  ...lengths: Lengths
): Scratch<{ readonly [Place in keyof Lengths]: number }> {
  let end = FIRST_BLOCK;
  const at: number[] = [];
  for (const length of lengths) {
    at.push(end);
    end = Math.ceil((end + length + MARGIN_BYTES) / ALIGNMENT) * ALIGNMENT;
  }
  const { kernels, bytes } = instanceFor(end);
  // As many addresses as there are lengths.
  return { kernels, bytes, at: at as unknown as { [Place in keyof Lengths]: number } };
}

/** An image of the same size, which a kernel makes of all pixels at once. @param run  gets the addresses of both */
export function remake(raster: Raster, run: (kernels: PixelKernels, from: number, to: number) => void): Raster {
  const { data } = raster;
  const { kernels, bytes, at } = openScratch(data.length, data.length);
  const [from, to] = at;
  bytes.set(data, from);
  run(kernels, from, to);
  return { ...raster, data: bytes.slice(to, to + data.length) };
}

function instanceFor(bytes: number): Instance {
  const isLarge = bytes > KEPT_BYTES;
  const instance = isLarge || kept === null ? start() : kept;
  if (!isLarge) kept = instance;
  if (instance.bytes.length < bytes) {
    instance.memory.grow(Math.ceil((bytes - instance.bytes.length) / PAGE_BYTES));
    instance.bytes = new Uint8Array(instance.memory.buffer);
  }
  return instance;
}

function start(): Instance {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./pixels.wasm', import.meta.url)));
  const { exports } = new WebAssembly.Instance(compiled);
  const memory = exports.memory as Instance['memory'];
  return { kernels: exports as unknown as PixelKernels, memory, bytes: new Uint8Array(memory.buffer) };
}
