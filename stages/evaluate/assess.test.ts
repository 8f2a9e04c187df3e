import { expect, test } from 'vitest';
import type { Sample } from '../../src/generated/sample.ts';
import { randomStream } from '../../src/sdk/index.ts';
import { unitsOf } from '../lib/dataset/groups.ts';
import { flipImages } from '../lib/evaluation/flip-images.ts';
import { findAlarms } from './alarms.ts';
import { assess } from './assess.ts';
import { confusedPairs, countRight } from './tables.ts';

const CLASSES = ['good', 'bad'];

function sample(id: string, split: 'train' | 'test', more: Partial<Sample> = {}): Sample {
  return { id, labels: ['good'], family: id, source: id, split, ...more };
}

/** Alarms for predictions of the test split, given as the probability of `bad`. */
function alarmsOf(
  labels: readonly number[],
  bad: readonly number[],
  others: readonly Sample[] = [],
  split: 'train' | 'validation' | 'test' = 'test',
) {
  const samples = labels.map((_, i) => sample(`test ${i}`, 'test'));
  const answers = {
    classes: CLASSES,
    samples,
    units: unitsOf(samples),
    labels: Int32Array.from(labels),
    truth: undefined,
    probabilities: Float32Array.from(bad.flatMap((p) => [1 - p, p])),
  };
  const assessment = assess(answers, null, randomStream(0, 'bootstrap'));
  const about = { split, isOutOfFold: false, classes: CLASSES, samples: [...samples, ...others] };
  return findAlarms({ ...about, assessment }).map(({ name }) => name);
}

const HALF = Array.from({ length: 400 }, (_, i) => i % 2);

test('good predictions of many images raise no alarm', () => {
  expect(
    alarmsOf(
      HALF,
      HALF.map((label) => (label === 1 ? 0.9 : 0.1)),
    ),
  ).toEqual([]);
});

test('a model that says the same of every image is noticed, and so is a loss no better than that', () => {
  expect(
    alarmsOf(
      HALF,
      HALF.map(() => 0.2),
    ),
  ).toEqual(['all-negative', 'at-chance']);
  expect(
    alarmsOf(
      HALF,
      HALF.map(() => 0.9),
    ),
  ).toEqual(['one-class', 'at-chance']);
});

test('images the model was fitted to, or chosen by, measure nothing', () => {
  const sure = HALF.map((label) => (label === 1 ? 0.9 : 0.1));
  expect(alarmsOf(HALF, sure, [], 'train')).toEqual(['measured-on-train']);
  expect(alarmsOf(HALF, sure, [], 'validation')).toEqual(['chosen-by']);
});

test('a copy of a test image in the train split is a leak, by family or by pixels; and so is another of its group', () => {
  const sure = HALF.map((label) => (label === 1 ? 0.9 : 0.1));
  expect(alarmsOf(HALF, sure, [sample('copy', 'train', { family: 'test 3' })])).toEqual(['leak']);
  expect(alarmsOf(HALF, sure, [sample('other', 'train', { content: 'pixels' })])).toEqual([]);
  const of = (split: 'train' | 'test', group: string) => sample(`${split} ${group}`, split, { group });
  expect(alarmsOf(HALF, sure, [of('train', 'screw 1'), of('test', 'screw 2')])).toEqual([]);
  expect(alarmsOf(HALF, sure, [of('train', 'screw 1'), of('test', 'screw 1')])).toEqual(['leak']);
});

test('a few images cannot tell much, and the page says so', () => {
  expect(alarmsOf([0, 1, 0, 1], [0.1, 0.9, 0.2, 0.8])).toEqual(['few-images']);
});

test('images of one group are one draw: of fives the interval is that of so many fives', () => {
  const labels = Array.from({ length: 200 }, (_, i) => (i < 100 ? 0 : 1));
  // Whole groups are right or wrong, one of four.
  const bad = labels.map((label, i) => (Math.floor(i / 5) % 4 === 0 ? 0.9 - 0.8 * label : 0.1 + 0.8 * label));
  const intervalOf = (size: number) => {
    const samples = labels.map((_, i) => sample(`${i}`, 'test', { group: `${Math.floor(i / size)}` }));
    const answers = {
      classes: CLASSES,
      samples,
      units: unitsOf(samples),
      labels: Int32Array.from(labels),
      truth: undefined,
      probabilities: Float32Array.from(bad.flatMap((p) => [1 - p, p])),
    };
    const [low = 0, high = 1] = assess(answers, null, randomStream(0, 'x')).intervals.get('accuracy') ?? [];
    return high - low;
  };
  expect(intervalOf(5) / intervalOf(1)).toBeCloseTo(Math.sqrt(5), 0);
});

test('between folds a shared group, family or content is a leak, and the texts say how to measure on more', () => {
  const folded = (id: string, fold: number, more: Partial<Sample> = {}) => sample(id, 'train', { fold, ...more });
  const samples = [folded('a', 0, { group: 'g' }), folded('b', 1, { group: 'g' }), folded('c', 2), folded('d', 2)];
  const answers = {
    classes: CLASSES,
    samples,
    units: unitsOf(samples),
    labels: Int32Array.from([0, 1, 0, 1]),
    truth: undefined,
    probabilities: Float32Array.from([0.9, 0.1, 0.1, 0.9, 0.9, 0.1, 0.1, 0.9]),
  };
  const assessment = assess(answers, null, randomStream(0, 'x'));
  const told = (split: 'validation' | 'test') =>
    findAlarms({ split, isOutOfFold: split === 'validation', classes: CLASSES, samples, assessment });
  expect(told('validation').map(({ name }) => name)).toEqual(['chosen-by', 'leak', 'few-images']);
  expect(told('validation')[1]?.text).toBe('2 of the validation images, or what belongs to them, are in two folds');
  expect(told('test').at(-1)?.text).toContain('`split: validation`');
});

test('several labels: no label at all is an alarm; a missed and a false label make a confused pair', () => {
  const samples = [sample('one', 'test'), sample('two', 'test')];
  const answers = {
    classes: ['a', 'b', 'c'],
    samples,
    units: unitsOf(samples),
    labels: new Int32Array(2).fill(-1),
    truth: Uint8Array.from([1, 0, 0, 1, 1, 0]),
    probabilities: Float32Array.from([0.1, 0.9, 0.2, 0.9, 0.8, 0.1]),
  };
  const assessment = assess(answers, null, randomStream(0, 'bootstrap'));
  expect(confusedPairs(answers.classes, assessment)).toEqual([{ truth: 'a', predicted: 'b', images: 1, share: 0.5 }]);
  expect(countRight(assessment)).toBe(1);
  const silent = assess({ ...answers, probabilities: new Float32Array(6) }, null, randomStream(0, 'bootstrap'));
  const alarms = findAlarms({
    split: 'test',
    isOutOfFold: false,
    classes: answers.classes,
    samples,
    assessment: silent,
  });
  expect(alarms.map(({ name }) => name)).toContain('all-negative');
});

test('a mirrored image has its columns in reverse, its rows and channels in place', () => {
  const inputs = {
    samples: [sample('one', 'test')],
    labels: Int32Array.from([0]),
    shape: [2, 2, 3] as const,
    pixels: Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
  };
  expect([...flipImages(inputs).pixels]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
  expect(flipImages(flipImages(inputs)).pixels).toEqual(inputs.pixels);
});
