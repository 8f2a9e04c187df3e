/** A network at work on single images: maps of what it sees, and what it says when places are hidden or its weights are gone. */
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Random, StageContext } from '../../src/sdk/index.ts';
import type { Backend } from '../lib/backend/open-backend.ts';
import { fillImage, type Inputs, type Normalization } from '../lib/training/inputs.ts';
import type { ModelAbout } from '../lib/training/model-file.ts';
import { areaUnder, deletionOrder } from './checks.ts';
import { gradCam } from './grad-cam.ts';
import type { Sight } from './sight.ts';

const STEPS = 10;
const RANDOM_ORDERS = 3;

/** A network that looks at images, and how they are prepared for it. */
export interface Eye {
  readonly backend: Backend;
  readonly sight: Sight;
  readonly about: ModelAbout;
}

/** The map of each image for the class asked of it. */
export async function mapsOf(
  { backend, sight, about }: Eye,
  images: Inputs,
  places: readonly number[],
  asked: readonly number[],
  { signal }: Pick<StageContext, 'signal'>,
): Promise<Float32Array[]> {
  const maps: Float32Array[] = [];
  for (const [i, place] of places.entries()) {
    signal.throwIfAborted();
    const values = imageValues(images, place, about.normalization);
    maps.push(await gradCam(backend, sight, values, [asked[i] as number]));
  }
  return maps;
}

function imageValues(images: Inputs, place: number, normalization: Normalization): Float32Array {
  const values = new Float32Array(images.shape[0] * images.shape[1] * images.shape[2]);
  fillImage(images, place, normalization, values, 0);
  return values;
}

function joined(images: readonly Float32Array[]): Float32Array {
  const size = images[0]?.length ?? 0;
  const values = new Float32Array(images.length * size);
  images.forEach((image, i) => {
    values.set(image, i * size);
  });
  return values;
}

/** What blanking does to the probability of an answer. */
export interface Checked {
  /** Mean probability of the answer while the image is blanked, most important places first. */
  readonly deletion: number;
  /** The same in random order, over several orders. */
  readonly atRandom: number;
}

export async function checkDeletion(
  eye: Eye,
  images: Inputs,
  place: number,
  answer: number,
  map: Float32Array,
  random: Random,
): Promise<Checked> {
  const image = imageValues(images, place, eye.about.normalization);
  const curve = async (importance: ArrayLike<number>) => {
    const blanked = deletionOrder(importance, STEPS).map((cells) => blank(image, images.shape, cells, eye.sight.size));
    return areaUnder(await probabilitiesOf(eye, [image, ...blanked], answer));
  };
  const atRandom: number[] = [];
  for (let i = 0; i < RANDOM_ORDERS; i++) atRandom.push(await curve(Array.from(map, () => random.uniform())));
  return { deletion: await curve(map), atRandom: mean(atRandom) };
}

/** Cells of the map blanked in the image, with its own mean. */
function blank(
  image: Float32Array,
  [height, width, channels]: Inputs['shape'],
  cells: readonly number[],
  [rows, columns]: readonly [number, number],
): Float32Array {
  const shade = image.reduce((sum, value) => sum + value, 0) / image.length;
  const hidden = new Set(cells);
  return image.map((value, at) => {
    const pixel = Math.floor(at / channels);
    const row = Math.floor((Math.floor(pixel / width) * rows) / height);
    return hidden.has(row * columns + Math.floor(((pixel % width) * columns) / width)) ? shade : value;
  });
}

async function probabilitiesOf(
  { backend, sight, about }: Eye,
  images: readonly Float32Array[],
  answer: number,
): Promise<number[]> {
  const maps = await sight.look(joined(images), images.length);
  const output = backend.tf.tidy(() => sight.answers(maps));
  const values = await output.data();
  maps.dispose();
  output.dispose();
  const count = values.length / images.length;
  if (count === 1 && about.classes.length === 2) return Array.from(values, (p) => (answer === 1 ? p : 1 - p));
  return images.map((_, i) => values[i * count + answer] as number);
}

/** Every weight of a matrix drawn anew with the spread it has: nothing of what was learned is left. */
export async function randomise({ tf }: Backend, model: LayersModel, random: Random): Promise<void> {
  for (const layer of model.layers) {
    const values: Parameters<typeof layer.setWeights>[0] = [];
    for (const weight of layer.getWeights()) {
      const data = Float32Array.from(await weight.data());
      const centre = data.reduce((sum, value) => sum + value, 0) / data.length;
      const spread = Math.sqrt(data.reduce((sum, value) => sum + (value - centre) ** 2, 0) / data.length);
      // Vectors are biases and statistics: they keep their values, since a negative variance would be no network at all.
      const drawn = weight.rank < 2 ? data : Float32Array.from(data, () => centre + spread * random.normal());
      values.push(tf.tensor(drawn, weight.shape));
    }
    layer.setWeights(values);
    for (const value of values) value.dispose();
  }
}

/** Six places behind the point; 0 of nothing. */
export function mean(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  return Number((sum / Math.max(1, values.length)).toFixed(6));
}
