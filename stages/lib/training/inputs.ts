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
  const size = inputs.shape[0] * inputs.shape[1] * inputs.shape[2];
  const start = place * size;
  const { pixels, features } = inputs;
  if (features !== undefined) {
    batch.set(features.subarray(start, start + size), at * size);
    return;
  }
  if (normalization.kind === 'imagenet' || normalization.kind === 'channels') {
    const byChannel = normalization.kind === 'imagenet' ? IMAGENET : { ...normalization, greatest: 255 };
    fillByChannel(pixels.subarray(start, start + size), inputs.shape[2], byChannel, batch, at * size);
    return;
  }
  const { mean, scale } = normalizer(pixels, start, size, normalization);
  for (let i = 0; i < size; i++) batch[at * size + i] = ((pixels[start + i] as number) - mean) * scale;
}

interface ByChannel {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** The value of white, on the scale of the means. */
  readonly greatest: number;
}

/** Grey images are normalised by the mean of what the colours are. */
function fillByChannel(
  pixels: Uint8Array,
  channels: number,
  { mean, deviation, greatest }: ByChannel,
  batch: Float32Array,
  at: number,
): void {
  const of = (values: readonly number[]) =>
    channels === values.length ? values : [values.reduce((sum, value) => sum + value, 0) / values.length];
  const [means, deviations] = [of(mean), of(deviation)];
  const step = 255 / greatest;
  for (let i = 0; i < pixels.length; i++) {
    const channel = i % means.length;
    batch[at + i] = ((pixels[i] as number) / step - (means[channel] as number)) / (deviations[channel] as number);
  }
}

function normalizer(
  pixels: Uint8Array,
  start: number,
  size: number,
  normalization: Exclude<Normalization, { kind: 'imagenet' | 'channels' }>,
): { mean: number; scale: number } {
  if (normalization.kind === 'none') return { mean: 0, scale: 1 / 255 };
  if (normalization.kind === 'symmetric') return { mean: 127.5, scale: 1 / 127.5 };
  if (normalization.kind === 'dataset')
    return { mean: normalization.mean * 255, scale: 1 / (normalization.deviation * 255) };
  let sum = 0;
  let squares = 0;
  for (let i = start; i < start + size; i++) {
    const value = pixels[i] as number;
    sum += value;
    squares += value * value;
  }
  const mean = sum / size;
  // A constant image has no deviation to divide by; it is left at 0.
  const variance = Math.max(0, (squares * size - sum * sum) / (size * size));
  return { mean, scale: 1 / Math.max(Math.sqrt(variance), 1) };
}
