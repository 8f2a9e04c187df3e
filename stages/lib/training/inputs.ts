/** Images of a dataset as inputs of a model: kept as bytes, normalised when a batch is put together. */
import type { Sample } from '../../../src/generated/sample.ts';
import { type StageContext, StageError } from '../../../src/sdk/index.ts';
import type { Dataset } from '../dataset/read-dataset.ts';
import { mapImages } from '../map-images.ts';

export type Normalization =
  | { readonly kind: 'none' }
  /** From -1 to 1. */
  | { readonly kind: 'symmetric' }
  | { readonly kind: 'image' }
  | { readonly kind: 'imagenet' }
  /** Of each channel, for values from 0 to 255. */
  | { readonly kind: 'channels'; readonly mean: readonly number[]; readonly deviation: readonly number[] }
  /** Of values from 0 to 1. */
  | { readonly kind: 'dataset'; readonly mean: number; readonly deviation: number };

export interface Inputs {
  readonly samples: readonly Sample[];
  /** Place of each sample's class in the dataset's list; -1 where samples have several labels. */
  readonly labels: Int32Array;
  /** Only where samples have several labels: 1 for each class a sample has, shape [n, classes]. */
  readonly truth?: Uint8Array;
  /** Height, width, channels. */
  readonly shape: readonly [number, number, number];
  /** Values 0-255, one image after another. */
  readonly pixels: Uint8Array;
  /** What a backbone made of the images, one after another: taken as it is in place of pixels. Then `shape` is its shape. */
  readonly features?: Float32Array;
}

/** Of red, green and blue in ImageNet, for values from 0 to 1, as torchvision has them. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225], greatest: 1 };

/** @throws StageError when the samples do not share one shape or cannot be read. */
export async function loadInputs(
  dataset: Dataset,
  choose: (sample: Sample) => boolean,
  context: Pick<StageContext, 'threads' | 'signal' | 'progress'>,
): Promise<Inputs> {
  const { info, samples } = dataset;
  if (info.shape === 'mixed') {
    throw new StageError('the images have different sizes', {
      code: 'E0805',
      hint: 'put a `filter` stage with `dimensions: modal` before `split`',
    });
  }
  const shape = info.shape as [number, number, number];
  const imageBytes = shape[0] * shape[1] * shape[2];
  const chosen = samples.flatMap((sample, index) => (choose(sample) ? [{ sample, index }] : []));
  const pixels = new Uint8Array(chosen.length * imageBytes);
  await mapImages(context, chosen, async ({ index }, place) => {
    pixels.set((await dataset.raster(index)).data, place * imageBytes);
  });
  const inputs = { samples: chosen.map(({ sample }) => sample), shape, pixels };
  if (info.task === 'multi-label') {
    const truth = Uint8Array.from(
      inputs.samples.flatMap(({ labels }) => info.classes.map((name) => (labels.includes(name) ? 1 : 0))),
    );
    return { ...inputs, labels: new Int32Array(chosen.length).fill(-1), truth };
  }
  return { ...inputs, labels: Int32Array.from(inputs.samples, ({ labels }) => info.classes.indexOf(labels[0] ?? '')) };
}

/** Some of the inputs, in the order of `places`. */
export function selectInputs(inputs: Inputs, places: readonly number[]): Inputs {
  const imageBytes = inputs.shape[0] * inputs.shape[1] * inputs.shape[2];
  const pixels = new Uint8Array(places.length * imageBytes);
  places.forEach((place, i) => {
    pixels.set(inputs.pixels.subarray(place * imageBytes, (place + 1) * imageBytes), i * imageBytes);
  });
  const { truth, features } = inputs;
  const classes = truth === undefined ? 0 : truth.length / inputs.labels.length;
  return {
    samples: places.flatMap((place) => inputs.samples[place] ?? []),
    labels: Int32Array.from(places, (place) => inputs.labels[place] ?? 0),
    shape: inputs.shape,
    pixels,
    ...(features === undefined ? {} : { features: selectRows(features, imageBytes, places) }),
    ...(truth === undefined
      ? {}
      : {
          truth: Uint8Array.from(
            places.flatMap((place) => [...truth.subarray(place * classes, (place + 1) * classes)]),
          ),
        }),
  };
}

function selectRows(values: Float32Array, size: number, places: readonly number[]): Float32Array {
  const chosen = new Float32Array(places.length * size);
  places.forEach((place, i) => {
    chosen.set(values.subarray(place * size, (place + 1) * size), i * size);
  });
  return chosen;
}

/** @param kind  what the settings say. @param train  what a mean over the dataset is taken of. */
export function chooseNormalization(kind: Exclude<Normalization['kind'], 'channels'>, train: Inputs): Normalization {
  return kind === 'dataset' ? measureDataset(train) : { kind };
}

/** Mean and deviation over all values of all images, in two passes over integers: no rounding to speak of. */
function measureDataset(inputs: Inputs): Normalization {
  const histogram = new Float64Array(256);
  for (const value of inputs.pixels) histogram[value] = (histogram[value] ?? 0) + 1;
  const count = Math.max(1, inputs.pixels.length);
  const mean = histogram.reduce((sum, times, value) => sum + times * value, 0) / count;
  const variance = histogram.reduce((sum, times, value) => sum + times * (value - mean) ** 2, 0) / count;
  return { kind: 'dataset', mean: mean / 255, deviation: Math.max(Math.sqrt(variance), 1) / 255 };
}

/** Writes one normalised image into a batch. */
export function fillImage(
  inputs: Inputs,
  place: number,
  normalization: Normalization,
  batch: Float32Array,
  at: number,
): void {
  const [height, width, channels] = inputs.shape;
  const size = height * width * channels;
  const start = place * size;
  const { pixels, features } = inputs;
  if (features !== undefined) {
    batch.set(features.subarray(start, start + size), at * size);
    return;
  }
  const offset = at * size;
  if (normalization.kind === 'image') {
    const { mean, scale } = imageMoments(pixels.subarray(start, start + size));
    for (let i = 0; i < size; i++) batch[offset + i] = ((pixels[start + i] as number) - mean) * scale;
    return;
  }
  const table = tableFor(normalization, channels);
  if (channels === 3) {
    for (let from = start, to = offset; from < start + size; from += 3, to += 3) {
      batch[to] = table[pixels[from] as number] as number;
      batch[to + 1] = table[256 + (pixels[from + 1] as number)] as number;
      batch[to + 2] = table[512 + (pixels[from + 2] as number)] as number;
    }
    return;
  }
  for (let channel = 0; channel < channels; channel++) {
    for (let i = channel; i < size; i += channels) {
      batch[offset + i] = table[channel * 256 + (pixels[start + i] as number)] as number;
    }
  }
}

type FixedNormalization = Exclude<Normalization, { kind: 'image' }>;

/** What the 256 values of each channel become: looked up in a seventh of the time it takes to compute them. */
const tables = new WeakMap<Normalization, Map<number, Float32Array>>();

function tableFor(normalization: FixedNormalization, channels: number): Float32Array {
  let byChannels = tables.get(normalization);
  if (byChannels === undefined) {
    byChannels = new Map();
    tables.set(normalization, byChannels);
  }
  let table = byChannels.get(channels);
  if (table === undefined) {
    table = new Float32Array(256 * channels);
    const columns = columnsOf(normalization, channels);
    for (let c = 0; c < channels; c++) table.set((columns[c] ?? columns[0]) as Float32Array, c * 256);
    byChannels.set(channels, table);
  }
  return table;
}

/** One for each channel, or one for all. */
function columnsOf(normalization: FixedNormalization, channels: number): Float32Array[] {
  switch (normalization.kind) {
    case 'none':
      return [columnOf(0, 1 / 255)];
    case 'symmetric':
      return [columnOf(127.5, 1 / 127.5)];
    case 'dataset':
      return [columnOf(normalization.mean * 255, 1 / (normalization.deviation * 255))];
    case 'imagenet':
      return columnsByChannel(channels, IMAGENET);
    case 'channels':
      return columnsByChannel(channels, { ...normalization, greatest: 255 });
  }
}

function columnOf(mean: number, scale: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => (value - mean) * scale);
}

interface ByChannel {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** The value of white, on the scale of the means. */
  readonly greatest: number;
}

/** Grey images are normalised by the mean of what the colours are. */
function columnsByChannel(channels: number, { mean, deviation, greatest }: ByChannel): Float32Array[] {
  const of = (values: readonly number[]) =>
    channels === values.length ? values : [values.reduce((sum, value) => sum + value, 0) / values.length];
  const [means, deviations] = [of(mean), of(deviation)];
  const step = 255 / greatest;
  return means.map((average, channel) =>
    Float32Array.from({ length: 256 }, (_, value) => (value / step - average) / (deviations[channel] as number)),
  );
}

function imageMoments(image: Uint8Array): { mean: number; scale: number } {
  let sum = 0;
  let squares = 0;
  const size = image.length;
  for (let i = 0; i < size; i++) {
    const value = image[i] as number;
    sum += value;
    squares += value * value;
  }
  const mean = sum / size;
  // A constant image has no deviation to divide by; it is left at 0.
  const variance = Math.max(0, (squares * size - sum * sum) / (size * size));
  return { mean, scale: 1 / Math.max(Math.sqrt(variance), 1) };
}
