import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sdk/index.ts';
import { openBackend } from '../backend/open-backend.ts';
import { trainSettings } from '../models/testing.ts';
import type { Inputs } from './inputs.ts';
import { createLoss } from './loss.ts';

/** Loss and gradient of one batch that holds all images. */
async function lossOf(params: JsonObject, inputs: Partial<Inputs>, classes: number, logits: number[][]) {
  const { tf } = await openBackend();
  const labels = inputs.labels ?? new Int32Array(logits.length).fill(-1);
  const whole: Inputs = { samples: [], shape: [1, 1, 1], pixels: new Uint8Array(labels.length), ...inputs, labels };
  const loss = createLoss(tf, trainSettings(params), whole, classes);
  const batch = loss.truthOf([...labels.keys()]);
  const { value, grad } = tf.valueAndGrad((x) => loss.of(x, batch))(tf.tensor2d(logits));
  return { value: value.dataSync()[0] as number, gradient: [...grad.dataSync()] };
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
}

// Values of PyTorch 2.15 in double precision.
test('cross-entropy with label smoothing, and its gradient', async () => {
  const { value, gradient } = await lossOf({ loss: { smoothing: 0.1 } }, { labels: Int32Array.of(1, 0) }, 3, [
    [1, -2, 0.5],
    [0.3, 0.2, -1],
  ]);
  expect(value).toBeCloseTo(2.0730238, 5);
  expectClose(gradient, [0.2852078, -0.4516372, 0.1664294, -0.2370317, 0.1911155, 0.0459161]);
});

test('cross-entropy of two classes from one number, and its gradient', async () => {
  const { value, gradient } = await lossOf({}, { labels: Int32Array.of(1, 1, 0) }, 2, [[1.5], [-0.5], [3]]);
  expect(value).toBeCloseTo(1.4080259, 5);
  expectClose(gradient, [-0.0608085, -0.2074864, 0.3175247]);
});

test('focal loss of two classes and of more, and its gradient', async () => {
  const focal = { loss: { name: 'focal', gamma: 2 } };
  const two = await lossOf(focal, { labels: Int32Array.of(1, 1, 0) }, 2, [[1.5], [-0.5], [3]]);
  expect(two.value).toBeCloseTo(1.0501316, 5);
  expectClose(two.gradient, [-0.005677, -0.1753839, 0.3755833]);
  const three = await lossOf(focal, { labels: Int32Array.of(1, 0) }, 3, [
    [1, -2, 0.5],
    [0.3, 0.2, -1],
  ]);
  expect(three.value).toBeCloseTo(1.762294, 5);
  expectClose(three.gradient, [0.3456889, -0.5553598, 0.2096709, -0.1835417, 0.1410563, 0.0424854]);
});

test('with several labels an image, the loss is the mean over images and labels', async () => {
  const truth = Uint8Array.of(1, 0, 1, 1);
  const { value } = await lossOf({}, { truth }, 2, [
    [1.5, -0.5],
    [-3, 2],
  ]);
  const terms = [1.5, 0.5, -3, 2].map((signed) => Math.log(1 + Math.exp(-signed)));
  expect(value).toBeCloseTo(terms.reduce((sum, term) => sum + term, 0) / 4, 5);
});

test('a number far on the wrong side has a loss of its distance and still a gradient', async () => {
  const { value, gradient } = await lossOf({}, { labels: Int32Array.of(1) }, 2, [[-80]]);
  expect(value).toBeCloseTo(80, 4);
  expect(gradient).toEqual([-1]);
  const many = await lossOf({}, { labels: Int32Array.of(0) }, 3, [[-80, 0, -90]]);
  expect(many.value).toBeCloseTo(80, 4);
  expectClose(many.gradient, [-1, 1, 0]);
});

test('balanced weights make every class count the same, and the mean weight 1', async () => {
  const labels = Int32Array.of(0, 0, 0, 1);
  const { gradient } = await lossOf({ classWeights: 'balanced' }, { labels }, 2, [[0], [0], [0], [0]]);
  expectClose(gradient, [1 / 12, 1 / 12, 1 / 12, -1 / 4]);
  const truth = Uint8Array.of(1, 0, 0, 0);
  const several = await lossOf({ classWeights: 'balanced' }, { truth }, 1, [[0], [0], [0], [0]]);
  expectClose(several.gradient, [-3 / 8, 1 / 8, 1 / 8, 1 / 8]);
});
