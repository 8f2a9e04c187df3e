/**
 * Decodes plain JPEG files, the same pixels as libjpeg gives, several times faster than a library that is asked for every image.
 *
 * The kernels are a WebAssembly module built from `build/wasm/assembly/jpeg` and committed beside this file: whole-number arithmetic,
 * so the same pixels everywhere. It vouches for every byte of the scan or for nothing: whatever is damaged, cut short or merely
 * unusual is left to the library, which also says what is wrong.
 */
import { readFileSync } from 'node:fs';
import { upright } from './exif-orientation.ts';
import type { JpegPlan } from './jpeg-header.ts';
import type { Raster } from './raster.ts';

/** Addresses are those of `layOut`; what each kernel does stands with its source. */
interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  makeTable(counts: number, table: number, isDc: number): number;
  readScan(
    from: number,
    end: number,
    data: number,
    components: number,
    count: number,
    unitsAcross: number,
    unitsDown: number,
    interval: number,
  ): number;
  toColours(
    luma: number,
    lumaStride: number,
    cb: number,
    cr: number,
    chromaStride: number,
    width: number,
    height: number,
    across: number,
    down: number,
    lines: number,
    out: number,
  ): void;
  toGrays(luma: number, stride: number, width: number, height: number, out: number): void;
}

interface Instance {
  readonly kernels: Kernels;
  /** What its tables were made from, by place. */
  readonly specs: (Uint8Array | undefined)[];
  bytes: Uint8Array;
}

/** Larger ones are left to the library, whose memory goes back when they are done. */
const MOST_PIXELS = 16_000_000;
const MOST_SCAN_BYTES = 64 << 20;
/** The triangle filters need this many samples of chroma; libjpeg doubles fewer without them. */
const LEAST_CHROMA = 3;
const PAGE_BYTES = 65_536;
/** Behind what the compiler puts at the beginning. */
const FIRST_BLOCK = 4096;
/** Kernels read and write whole vectors beyond the end of a block. */
const MARGIN_BYTES = 128;
const TABLE_BYTES = 4608;
const SPEC_BYTES = 16 + 256;
const QUANTA_BYTES = 128;
const COMPONENT_WORDS = 7;
/** An instance with more memory is let go after its use. */
const KEPT_BYTES = 32 << 20;

/** Places of coefficients row by row, in the order of the file (T.81, figure 5). */
const ZIGZAG = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21],
  ...[28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61],
  ...[54, 47, 55, 62, 63],
);

let compiled: WebAssembly.Module | null = null;
let kept: Instance | null = null;

/**
 * The pixels of a file, upright, 8 bits, one channel or three. Null when it is not sound. They may lie in memory that the next image
 * is decoded into.
 *
 * @param plan  that of this file
 */
export function decodeJpeg(file: Uint8Array, plan: JpegPlan): Raster | null {
  const { width, height, across, components } = plan;
  if (width * height > MOST_PIXELS || file.length - plan.scanAt > MOST_SCAN_BYTES) return null;
  if (across === 2 && Math.ceil(width / 2) < LEAST_CHROMA) return null;
  const channels = components.length === 1 ? 1 : 3;
  const at = layOut(file, plan);
  const instance = instanceFor(at.end);
  const { kernels, bytes } = instance;
  if (!putTables(instance, at, plan)) return null;
  putComponents(instance, at, plan);
  bytes.set(file.subarray(plan.scanAt), at.file);
  const fileEnd = at.file + file.length - plan.scanAt;
  const { unitsAcross, unitsDown, strides, planes } = at;
  const count = components.length;
  const room = [at.file, fileEnd, at.data, at.components] as const;
  if (!kernels.readScan(...room, count, unitsAcross, unitsDown, plan.interval)) return null;
  const [luma, cb, cr] = planes as [number, number, number];
  const [stride, chromaStride] = strides as [number, number];
  if (channels === 1) kernels.toGrays(luma, stride, width, height, at.out);
  else {
    kernels.toColours(luma, stride, cb, cr, chromaStride, width, height, across, plan.down, at.lines, at.out);
  }
  const data = bytes.subarray(at.out, at.out + width * height * channels);
  return upright({ width, height, channels, data }, plan.orientation);
}

interface Layout {
  readonly unitsAcross: number;
  readonly unitsDown: number;
  readonly strides: readonly number[];
  readonly planes: readonly number[];
  readonly tables: number;
  readonly specs: number;
  readonly quanta: number;
  readonly components: number;
  readonly file: number;
  readonly data: number;
  readonly lines: number;
  readonly out: number;
  readonly end: number;
}

function layOut(file: Uint8Array, { width, height, across, down, components, scanAt }: JpegPlan): Layout {
  let end = FIRST_BLOCK;
  const block = (bytes: number): number => {
    const start = end;
    end = Math.ceil((end + bytes + MARGIN_BYTES) / 64) * 64;
    return start;
  };
  const unitsAcross = Math.ceil(width / (8 * across));
  const unitsDown = Math.ceil(height / (8 * down));
  const strides = components.map((component) => unitsAcross * component.across * 8);
  const scanBytes = file.length - scanAt;
  return {
    unitsAcross,
    unitsDown,
    strides,
    tables: block(8 * TABLE_BYTES),
    specs: block(8 * SPEC_BYTES),
    quanta: block(4 * QUANTA_BYTES),
    components: block(components.length * COMPONENT_WORDS * 4),
    file: block(scanBytes),
    data: block(scanBytes),
    lines: block(4 * width + 512),
    planes: components.map((component, i) => block((strides[i] as number) * unitsDown * component.down * 8)),
    out: block(width * height * components.length),
    end,
  };
}

/** False when there can be no such codes. */
function putTables({ kernels, bytes, specs }: Instance, at: Layout, { tables, quanta }: JpegPlan): boolean {
  for (const [number, table] of tables.entries()) {
    // Most files have the tables of the one before.
    if (table === undefined || (specs[number] !== undefined && Buffer.compare(specs[number], table) === 0)) continue;
    const spec = at.specs + number * SPEC_BYTES;
    bytes.set(table, spec);
    specs[number] = undefined;
    if (!kernels.makeTable(spec, at.tables + number * TABLE_BYTES, number < 4 ? 1 : 0)) return false;
    specs[number] = table.slice();
  }
  for (const [number, values] of quanta.entries()) {
    if (values === undefined) continue;
    const words = new Int16Array(bytes.buffer, at.quanta + number * QUANTA_BYTES, ZIGZAG.length);
    for (let i = 0; i < words.length; i++) words[ZIGZAG[i] as number] = values[i] as number;
  }
  return true;
}

function putComponents({ bytes }: Instance, at: Layout, { components }: JpegPlan): void {
  const words = components.flatMap(({ across, down, quanta, dc, ac }, i) => [
    across,
    down,
    at.planes[i] as number,
    at.strides[i] as number,
    at.quanta + quanta * QUANTA_BYTES,
    at.tables + dc * TABLE_BYTES,
    at.tables + (4 + ac) * TABLE_BYTES,
  ]);
  new Int32Array(bytes.buffer, at.components, words.length).set(words);
}

function instanceFor(bytes: number): Instance {
  const isLarge = bytes > KEPT_BYTES;
  const instance = isLarge || kept === null ? start() : kept;
  if (!isLarge) kept = instance;
  if (instance.bytes.length < bytes) {
    const { memory } = instance.kernels;
    memory.grow(Math.ceil((bytes - instance.bytes.length) / PAGE_BYTES));
    instance.bytes = new Uint8Array(memory.buffer);
  }
  return instance;
}

function start(): Instance {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('./jpeg.wasm', import.meta.url)));
  const kernels = new WebAssembly.Instance(compiled).exports as unknown as Kernels;
  return { kernels, specs: [], bytes: new Uint8Array(kernels.memory.buffer) };
}
