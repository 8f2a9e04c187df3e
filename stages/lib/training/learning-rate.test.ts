import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sdk/index.ts';
import { trainSettings } from '../models/testing.ts';
import { learningRate, plateauFactor } from './learning-rate.ts';

function rates(schedule: JsonObject, epochs: number, stepsPerEpoch: number): number[] {
  const settings = trainSettings({ epochs, optimizer: { learningRate: 1 }, schedule });
  return Array.from({ length: epochs * stepsPerEpoch }, (_, step) => learningRate(settings, step, stepsPerEpoch, 1));
}

test('one-cycle goes where that of PyTorch 2.15 goes', () => {
  const reference = [
    0.04, 0.42234111, 0.96026142, 0.97974657, 0.88447572, 0.72608705, 0.53058271, 0.33005803, 0.15743251, 0.04104554,
    4e-6,
  ];
  for (const [step, rate] of rates({ name: 'one-cycle' }, 11, 1).entries()) {
    expect(rate).toBeCloseTo(reference[step] ?? Number.NaN, 7);
  }
});

test('cosine falls along half a cosine to its floor', () => {
  for (const [step, rate] of rates({ name: 'cosine', floor: 0.2 }, 5, 2).entries()) {
    expect(rate).toBeCloseTo(0.2 + (0.8 * (1 + Math.cos((Math.PI * step) / 10))) / 2, 14);
  }
});

test('warm-up rises evenly to the rate, and the schedule begins after it', () => {
  expect(rates({ warmup: 1 }, 2, 4)).toEqual([0.25, 0.5, 0.75, 1, 1, 1, 1, 1]);
  expect(rates({ name: 'cosine', warmup: 1 }, 3, 2).slice(0, 3)).toEqual([0.5, 1, 1]);
  expect(Math.max(...rates({ warmup: 9 }, 2, 2))).toBe(1);
});

test('plateau lowers the rate each time `patience` epochs brought nothing, and not below its floor', () => {
  const settings = trainSettings({
    optimizer: { learningRate: 1 },
    schedule: { name: 'plateau', patience: 2, factor: 0.5, floor: 0.3 },
  });
  const after = (losses: number[]) => {
    const history = losses.map((loss, i) => ({ epoch: i + 1, 'validation.loss': loss }));
    const factor = plateauFactor(settings.schedule, 'minimize', history);
    return learningRate(settings, 0, 1, factor);
  };
  expect(after([])).toBe(1);
  expect(after([1, 1])).toBe(1);
  expect(after([1, 1, 1])).toBe(0.5);
  expect(after([1, 1, 1, 0.9, 0.9])).toBe(0.5);
  expect(after([1, 1, 1, 1, 1])).toBe(0.3);
  expect(after([Number.NaN, Number.NaN])).toBe(0.5);
});

test('what is better when it is larger is watched the other way round', () => {
  const { schedule } = trainSettings({
    schedule: { name: 'plateau', monitor: 'validation.accuracy', patience: 1, factor: 0.5 },
  });
  const history = [0.5, 0.6, 0.5].map((value, i) => ({ epoch: i + 1, 'validation.accuracy': value }));
  expect(plateauFactor(schedule, 'maximize', history)).toBe(0.5);
});
