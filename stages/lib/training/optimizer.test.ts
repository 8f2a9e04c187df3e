import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sdk/index.ts';
import { trainSettings } from '../models/testing.ts';
import { createOptimizer } from './optimizer.ts';

const GRADIENTS = [
  [0.5, -4],
  [0.25, 1],
];

function steps(params: JsonObject, decayed = true): Float32Array {
  const { optimizer } = trainSettings({ optimizer: params });
  const weights = Float32Array.of(1, -2);
  const descent = createOptimizer(optimizer, [2], [decayed], null);
  for (const gradient of GRADIENTS) descent.update([weights], [Float32Array.from(gradient)], 0.1);
  return weights;
}

test('two steps of every optimiser end where those of PyTorch 2.15 end', () => {
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
    const found = steps(params);
    for (const [i, value] of expected.entries()) expect(found[i], JSON.stringify(params)).toBeCloseTo(value, 5);
  }
});

test('weight decay leaves alone what is no kernel', () => {
  expect(steps({ name: 'adamw', weightDecay: 0.1 }, false)).toEqual(steps({ name: 'adamw' }));
});

test('gradients are shortened together, and only when they are too long', () => {
  const { optimizer } = trainSettings({ optimizer: { name: 'sgd', momentum: 0, clipNorm: 1 } });
  const step = (gradients: number[][]) => {
    const weights = gradients.map(({ length }) => new Float32Array(length));
    createOptimizer(optimizer, [1, 2], [true, true], null).update(
      weights,
      gradients.map((each) => Float32Array.from(each)),
      1,
    );
    return weights.map((each) => [...each].map((value) => Number(value.toFixed(6))));
  };
  expect(step([[3], [0, 4]])).toEqual([[-0.6], [0, -0.8]]);
  expect(step([[0.3], [0, 0.4]])).toEqual([[-0.3], [0, -0.4]]);
});
