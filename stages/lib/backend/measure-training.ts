/**
 * How fast a backend trains: steps of a small network, for a person who chooses between backends on one machine.
 *
 * Two convolutions with pooling and one output, on pixels of 60 x 30 in three channels: an estimate of a second or two, not a
 * benchmark.
 */
import type { Backend } from './backend.ts';

const SHAPE: [number, number, number] = [60, 30, 3];
const BATCH = 32;
/** A backend that needs longer than this for a small batch is judged by that one. */
const SLOW_MS = 250;
const SMALL_BATCH = 4;
const MEASURE_MS = 1000;

/** @returns images a second, training included. */
export async function measureTraining({ tf, layers }: Backend): Promise<number> {
  const { conv2d, dense, flatten, maxPooling2d } = layers.layers;
  const model = layers.sequential({
    layers: [
      conv2d({ filters: 16, kernelSize: 3, activation: 'relu', inputShape: SHAPE }),
      maxPooling2d({ poolSize: 2 }),
      conv2d({ filters: 32, kernelSize: 3, activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      flatten({}),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(), loss: 'binaryCrossentropy' });
  // The first step also translates shaders and grows memory.
  await step(SMALL_BATCH);
  const small = await step(SMALL_BATCH);
  if (small > SLOW_MS) return (SMALL_BATCH * 1000) / small;
  await step(BATCH);
  let steps = 0;
  let spentMs = 0;
  while (spentMs < MEASURE_MS) {
    spentMs += await step(BATCH);
    steps++;
  }
  return (steps * BATCH * 1000) / spentMs;

  /** Milliseconds of one step on random images. */
  async function step(size: number): Promise<number> {
    const images = tf.randomUniform([size, ...SHAPE], 0, 1, 'float32', 1);
    const labels = tf.ones([size, 1]);
    const startMs = performance.now();
    await model.trainOnBatch(images, labels);
    const spentMs = performance.now() - startMs;
    images.dispose();
    labels.dispose();
    return spentMs;
  }
}
