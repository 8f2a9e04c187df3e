/** Images of a dataset as inputs of a model: kept as bytes, normalised when a batch is put together. */
import type { Sample } from '../../../src/generated/sample.ts';
import { type StageContext, StageError } from '../../../src/sdk/index.ts';
import type { Dataset } from '../dataset/read-dataset.ts';
import { mapImages } from '../map-images.ts';

export type Normalization =
  | { readonly kind: 'none' }
  | { readonly kind: 'image' }
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
}

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
  const { truth } = inputs;
  const classes = truth === undefined ? 0 : truth.length / inputs.labels.length;
  return {
    samples: places.flatMap((place) => inputs.samples[place] ?? []),
    labels: Int32Array.from(places, (place) => inputs.labels[place] ?? 0),
    shape: inputs.shape,
    pixels,
    ...(truth === undefined
      ? {}
      : {
          truth: Uint8Array.from(
            places.flatMap((place) => [...truth.subarray(place * classes, (place + 1) * classes)]),
          ),
        }),
  };
}

/** Mean and deviation over all values of all images, in two passes over integers: no rounding to speak of. */
export function measureDataset(inputs: Inputs): Normalization {
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
  const { pixels } = inputs;
  const { mean, scale } = normalizer(pixels, start, size, normalization);
  for (let i = 0; i < size; i++) batch[at * size + i] = ((pixels[start + i] as number) - mean) * scale;
}

function normalizer(
  pixels: Uint8Array,
  start: number,
  size: number,
  normalization: Normalization,
): { mean: number; scale: number } {
  if (normalization.kind === 'none') return { mean: 0, scale: 1 / 255 };
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
