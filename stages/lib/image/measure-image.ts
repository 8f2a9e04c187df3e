/**
 * What is measured of one image, remembered under the digest of its bytes.
 *
 * Brightness, blur and information follow the definitions of CleanVision (docs: issue types), so that its thresholds mean the
 * same here; the features are our own and small: enough for a baseline classifier to notice labels and splits that stand out.
 */
import type { ItemCache, StageContext } from '../../../src/sdk/index.ts';
import { type ImageSource, useSource } from '../dataset/change.ts';
import { type Dataset, imageKey } from '../dataset/read-dataset.ts';
import { mapImages } from '../map-images.ts';
import { type PoolWork, withPool } from '../threads/pool.ts';
import { describeLayout, FEATURES } from './layout-features.ts';
import { pillowGray } from './luma.ts';
import { HASH_BYTES, ORIENTATIONS, perceptualHashes } from './perceptual-hash.ts';
import type { Raster } from './raster.ts';

/** Numbers of an image, in the order in which they are stored. */
export const PROPERTIES = [
  'brightness',
  'darkest',
  'brightest',
  'contrast',
  'sharpness',
  'entropy',
  'red',
  'green',
  'blue',
  'spread',
] as const;
export type PropertyName = (typeof PROPERTIES)[number];

export interface Measures {
  /**
   * brightness: mean of the perceived brightness, 0 to 1. darkest, brightest: its 5th and 99th percentile. contrast: standard deviation
   * of grey, 0 to 1. sharpness: 1 - exp(-v / 100) of the variance v of the edges. entropy: of the grey levels, bits. red, green,
   * blue: means, 0 to 1. spread: the largest difference between the channels of any pixel, grey levels; 0 in an image without colour.
   */
  readonly properties: Readonly<Record<PropertyName, number>>;
  /** 8 hashes of 8 bytes. */
  readonly hashes: Uint8Array;
  /** Values 0-255, FEATURES of them. */
  readonly features: Uint8Array;
}

const HASHES = HASH_BYTES * ORIENTATIONS;

/** Measures one image, here or in a thread; gives the form that is stored. */
export const MEASURING: PoolWork<ImageSource, Uint8Array> = {
  script: new URL('./measure-worker.ts', import.meta.url),
  run: (image) => useSource(image, encode),
};

/**
 * Measures images in as many threads as the stage may keep busy. With equal bytes nothing is measured twice.
 *
 * @param places  of the images in their dataset
 */
export async function measureImages(
  context: Pick<StageContext, 'threads' | 'signal' | 'progress'>,
  items: ItemCache,
  dataset: Dataset,
  places: readonly number[],
): Promise<Measures[]> {
  return withPool(context, MEASURING, (measure) =>
    mapImages(context, places, async (place) => {
      const sample = dataset.samples[place];
      if (sample === undefined) throw new RangeError(`no sample ${place}`);
      return decode(await items.bytes({ measures: imageKey(sample) }, () => measure(dataset.image(place))));
    }),
  );
}

function decode(stored: Uint8Array): Measures {
  // A copy of its own: numbers are read from the start of a buffer, and results of items may share one.
  const bytes = Uint8Array.from(stored);
  const numbers = new Float64Array(bytes.buffer, 0, PROPERTIES.length);
  const rest = bytes.subarray(PROPERTIES.length * 8);
  return {
    properties: Object.fromEntries(PROPERTIES.map((name, i) => [name, numbers[i] ?? 0])) as Measures['properties'],
    hashes: rest.slice(0, HASHES),
    features: rest.slice(HASHES, HASHES + FEATURES),
  };
}

function encode(raster: Raster): Uint8Array {
  const gray = pillowGray(raster);
  const properties = Float64Array.from(measure(raster, gray.data), (value) => Math.round(value * 1e6) / 1e6);
  const parts = [Buffer.from(properties.buffer), perceptualHashes(raster), describeLayout(raster, gray)];
  // With memory of its own: of a part of a larger block, all of that block would go from thread to thread.
  return new Uint8Array(Buffer.concat(parts));
}

/** In the order of PROPERTIES. */
function measure(raster: Raster, gray: Uint8Array): number[] {
  const { width, height, channels, data } = raster;
  const pixels = width * height;
  const sums = [0, 0, 0];
  const perceived = new Uint32Array(256);
  const levels = new Uint32Array(256);
  let spread = 0;
  let brightness = 0;
  for (let i = 0, at = 0; i < pixels; i++, at += channels) {
    const red = data[at] as number;
    const green = channels === 3 ? (data[at + 1] as number) : red;
    const blue = channels === 3 ? (data[at + 2] as number) : red;
    sums[0] = (sums[0] as number) + red;
    sums[1] = (sums[1] as number) + green;
    sums[2] = (sums[2] as number) + blue;
    spread = Math.max(spread, Math.max(red, green, blue) - Math.min(red, green, blue));
    const light = Math.sqrt(0.241 * red * red + 0.691 * green * green + 0.068 * blue * blue);
    brightness += light;
    const bin = Math.min(255, Math.round(light));
    perceived[bin] = (perceived[bin] as number) + 1;
    const level = gray[i] as number;
    levels[level] = (levels[level] as number) + 1;
  }
  const means = sums.map((sum) => sum / pixels / 255);
  return [
    brightness / pixels / 255,
    percentile(perceived, pixels, 0.05) / 255,
    percentile(perceived, pixels, 0.99) / 255,
    deviation(levels, pixels) / 255,
    1 - Math.exp(-edgeVariance(gray, width, height) / 100),
    entropy(levels, pixels),
    ...means,
    spread,
  ];
}

function percentile(counts: Uint32Array, total: number, share: number): number {
  let left = share * total;
  for (let value = 0; value < 256; value++) {
    left -= counts[value] as number;
    if (left <= 0) return value;
  }
  return 255;
}

function deviation(counts: Uint32Array, total: number): number {
  let sum = 0;
  let squares = 0;
  counts.forEach((count, value) => {
    sum += count * value;
    squares += count * value * value;
  });
  return Math.sqrt(Math.max(0, squares / total - (sum / total) ** 2));
}

function entropy(counts: Uint32Array, total: number): number {
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  return bits;
}

/** Variance of the image after Pillow's FIND_EDGES: eight times the pixel minus its neighbours, limited to 0-255. */
function edgeVariance(gray: Uint8Array, width: number, height: number): number {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      let around = 0;
      for (const row of [at - width, at, at + width]) {
        around += (gray[row - 1] as number) + (gray[row] as number) + (gray[row + 1] as number);
      }
      const edge = Math.max(0, Math.min(255, 9 * (gray[at] as number) - around));
      sum += edge;
      squares += edge * edge;
      count++;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}
