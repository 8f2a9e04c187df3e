import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sdk/index.ts';
import { openBackend } from '../backend/open-backend.ts';
import { trainSettings } from '../models/testing.ts';
import { createOptimizer } from './optimizer.ts';

const GRADIENTS = [
  [0.5, -4],
  [0.25, 1],
];

/** Weights after steps by these gradients, one list for each weight. */
async function descend(
  params: JsonObject,
  starts: readonly number[][],
  shapes: readonly number[][],
  gradients: readonly number[][][],
): Promise<number[][]> {
  const { tf } = await openBackend();
  const weights = tf.tidy(() => starts.map((values, i) => tf.variable(tf.tensor(values, shapes[i]))));
  const optimizer = createOptimizer(tf, trainSettings({ optimizer: params }).optimizer, weights, null);
  for (const each of gradients) {
    const tensors = each.map((values, i) => tf.tensor(values, shapes[i]));
    optimizer.update(tensors, 0.1);
    tf.dispose(tensors);
  }
  const found = weights.map((weight) => [...weight.dataSync()]);
  optimizer.dispose();
  tf.dispose(weights);
  return found;
}

async function steps(params: JsonObject, shape = [1, 2]): Promise<number[]> {
  const [found] = await descend(
    params,
    [[1, -2]],
    [shape],
    GRADIENTS.map((each) => [each]),
  );
  return found ?? [];
}

test('two steps of every optimiser end where those of PyTorch 2.15 end', async () => {
  const reference: [JsonObject, [number, number]][] = [
    [{ name: 'adam' }, [0.8067821, -1.8530532]],
    [{ name: 'adam', weightDecay: 0.1 }, [0.8050098, -1.8483061]],
    [{ name: 'adamw', weightDecay: 0.1 }, [0.7878821, -1.8142532]],
    [{ name: 'sgd', momentum: 0 }, [0.925, -1.7]],
    [{ name: 'sgd', momentum: 0.9 }, [0.88, -1.34]],
    [{ name: 'sgd', momentum: 0.9, nesterov: true }, [0.817, -1.106]],
    [{ name: 'sgd', momentum: 0.9, weightDecay: 0.1 }, [0.8516, -1.2862]],
    [{ name: 'sgd', momentum: 0, clipNorm: 1 }, [0.96334, -1.99779]],
    [{ name: 'rmsprop' }, [0.5363306, -1.7643545]],
  ];
  for (const [params, expected] of reference) {
    const found = await steps(params);
    for (const [i, value] of expected.entries()) expect(found[i], JSON.stringify(params)).toBeCloseTo(value, 5);
  }
});

test('weight decay leaves alone what is no kernel', async () => {
  expect(await steps({ name: 'adamw', weightDecay: 0.1 }, [2])).toEqual(await steps({ name: 'adamw' }, [2]));
});

test('gradients are shortened together, and only when they are too long', async () => {
  const step = async (gradients: number[][]) => {
    const shapes = [[1], [2]];
    const starts = [[0], [0, 0]];
    const found = await descend({ name: 'sgd', momentum: 0, clipNorm: 1 }, starts, shapes, [gradients]);
    return found.flat().map((value) => Math.round(value * 1e6) / 1e6 + 0);
  };
  expect(await step([[3], [0, 4]])).toEqual([-0.06, 0, -0.08]);
  expect(await step([[0.3], [0, 0.4]])).toEqual([-0.03, 0, -0.04]);
});

test('an optimiser goes on from its state to the same bits, and leaves no tensor behind', async () => {
  const { tf } = await openBackend();
  const before = tf.memory().numTensors;
  for (const name of ['adam', 'sgd', 'rmsprop']) {
    const { optimizer: settings } = trainSettings({ optimizer: { name } });
    const gradient = tf.tensor2d([[0.3, -0.7]]);
    const run = async (pause: boolean) => {
      const weight = tf.tidy(() => tf.variable(tf.tensor2d([[1, -2]])));
      let optimizer = createOptimizer(tf, settings, [weight], null);
      optimizer.update([gradient], 0.1);
      if (pause) {
        const state = await optimizer.state();
        optimizer.dispose();
        optimizer = createOptimizer(tf, settings, [weight], state);
      }
      optimizer.update([gradient], 0.1);
      const values = [...weight.dataSync()];
      optimizer.dispose();
      weight.dispose();
      return values;
    };
    expect(await run(true)).toEqual(await run(false));
    gradient.dispose();
  }
  expect(tf.memory().numTensors).toBe(before);
});
