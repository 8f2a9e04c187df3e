import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyTemperature } from '../evaluation/decision.ts';
import { logLoss, type Predictions, predictedClass } from './classification.ts';
import { labelCounts, measureLabels, prepareLabels } from './multi-label.ts';
import { chooseTemperature, chooseThresholds } from './thresholds.ts';

const several = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 30 })).chain(([classes, samples]) =>
  fc.record({
    classes: fc.constant(classes),
    truth: fc.uint8Array({ min: 0, max: 1, minLength: classes * samples, maxLength: classes * samples }),
    probabilities: fc.float32Array({
      min: 0,
      max: 1,
      noNaN: true,
      minLength: classes * samples,
      maxLength: classes * samples,
    }),
  }),
);

test('micro-F1 never falls from sweep to sweep, and is what the chosen thresholds give', () => {
  fc.assert(
    fc.property(several, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (predictions, start) => {
      const { thresholds, microF1 } = chooseThresholds(predictions, start);
      for (let sweep = 1; sweep < microF1.length; sweep++)
        expect(microF1[sweep]).toBeGreaterThanOrEqual(microF1[sweep - 1] as number);
      const metrics = measureLabels(prepareLabels(predictions, thresholds), null);
      expect(metrics.microF1).toBeCloseTo(microF1.at(-1) as number, 12);
      expect(thresholds.every((each) => each > 0 && each < 1)).toBe(true);
    }),
  );
});

test('no threshold of one label, the others held, would do better', () => {
  fc.assert(
    fc.property(several, (predictions) => {
      const { thresholds, microF1 } = chooseThresholds(predictions, 0.5);
      // Five sweeps may end before the top is reached.
      fc.pre(microF1.length < 6);
      for (let k = 0; k < predictions.classes; k++) {
        for (let step = 1; step < 100; step += 7) {
          const other = thresholds.map((each, i) => (i === k ? step / 100 : each));
          const { microF1: reached = 0 } = measureLabels(prepareLabels(predictions, other), null);
          expect(reached).toBeLessThanOrEqual((microF1.at(-1) as number) + 1e-12);
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('a label whose samples all have 0.3 and more gets a threshold below, from a start of 0.5', () => {
  const predictions = {
    classes: 1,
    truth: Uint8Array.from([1, 1, 1, 0, 0]),
    probabilities: Float32Array.from([0.9, 0.4, 0.35, 0.2, 0.1]),
  };
  const { thresholds, microF1 } = chooseThresholds(predictions, 0.5);
  expect(microF1).toEqual([0.5, 1, 1]);
  expect(labelCounts(prepareLabels(predictions, thresholds), null)).toEqual([{ hits: 3, support: 3, predicted: 3 }]);
});

const rows = fc.integer({ min: 2, max: 5 }).chain((classes) =>
  fc.array(fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: classes, maxLength: classes }), {
    minLength: 1,
    maxLength: 20,
  }),
);

function softmax(logits: readonly (readonly number[])[]): Predictions {
  const classes = logits[0]?.length ?? 0;
  const probabilities = logits.flatMap((row) => {
    const powers = row.map(Math.exp);
    const total = powers.reduce((sum, each) => sum + each, 0);
    return powers.map((each) => each / total);
  });
  return {
    classes,
    labels: Int32Array.from(logits, (_, i) => i % classes),
    probabilities: Float32Array.from(probabilities),
  };
}

test('a temperature changes no decision: accuracy stays', () => {
  fc.assert(
    fc.property(rows, fc.double({ min: 0.2, max: 5, noNaN: true }), (logits, temperature) => {
      const before = softmax(logits);
      const scaled = applyTemperature(before.probabilities, before.classes, false, temperature);
      const after = { ...before, probabilities: scaled };
      before.labels.forEach((_, i) => {
        const chosen = predictedClass(before, i);
        const best = Math.max(...scaled.subarray(i * before.classes, (i + 1) * before.classes));
        // Where single precision makes two probabilities equal, either of them is the most probable one.
        expect(scaled[i * before.classes + chosen]).toBe(best);
        expect(scaled[i * before.classes + predictedClass(after, i)]).toBe(best);
      });
    }),
  );
});

test('logits that were made too sharp by two get the temperature 2 back, and the loss is no larger', () => {
  const logits = Array.from({ length: 400 }, (_, i) => [Math.sin(i) * 2, Math.cos(i * 3), Math.sin(i * 5) + 0.2]);
  const soft = softmax(logits);
  // Truth drawn from the probabilities themselves, by a rule: then 1 is the best temperature.
  const labels = Int32Array.from(logits, (_, i) => {
    let left = (i * 0.6180339887) % 1;
    for (let k = 0; k < 3; k++) {
      left -= soft.probabilities[i * 3 + k] as number;
      if (left < 0) return k;
    }
    return 2;
  });
  const sharp = softmax(logits.map((row) => row.map((each) => each * 2)));
  const lossAt = (temperature: number) =>
    logLoss({ classes: 3, labels, probabilities: applyTemperature(sharp.probabilities, 3, false, temperature) });
  const temperature = chooseTemperature(lossAt);
  expect(temperature).toBeGreaterThan(1.7);
  expect(temperature).toBeLessThan(2.3);
  expect(lossAt(temperature)).toBeLessThanOrEqual(lossAt(1));
});
