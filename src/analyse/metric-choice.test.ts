import { expect, test } from 'vitest';
import type { ActionRecord } from '../store/store.ts';
import { metricValue, stagesWith } from './metric-choice.ts';
import type { Member, StageResult } from './subject.ts';
import { tableOf } from './table.ts';
import type { Variant } from './variants.ts';

function result(split: string | null, accuracy: number, bounds: readonly [number, number] | null = null): StageResult {
  const facts = split === null ? [] : [{ kind: 'param', name: 'split', value: split }];
  const number = bounds === null ? accuracy : { value: accuracy, low: bounds[0], high: bounds[1] };
  const recorded = { outputs: {}, manifest: { facts }, metrics: { 'metrics.json': { accuracy: number, images: 10 } } };
  const action = recorded as unknown as ActionRecord;
  return { key: '', action, metrics: { 'metrics.json:accuracy': accuracy, 'metrics.json:images': 10 } };
}

const member: Member = {
  experiment: 'main',
  stages: new Map([
    ['train', { key: '', action: null, metrics: { 'metrics.json:validation.accuracy': 0.99 } }],
    ['evaluate', result('test', 0.7, [0.3, 0.9])],
    ['tune', result('validation', 0.9)],
  ]),
};

test('of two measurements that on test images counts, wherever it stands; the other is had by its stage', () => {
  expect(metricValue(member, 'accuracy')).toEqual({ stage: 'evaluate', name: 'accuracy', value: 0.7 });
  expect(metricValue(member, 'tune:accuracy')).toEqual({ stage: 'tune', name: 'accuracy', value: 0.9 });
  expect(metricValue(member, 'train:accuracy')).toMatchObject({ value: 0.99 });
  expect(metricValue(member, 'evaluate:loss')).toBeNull();
  expect(metricValue(member, 'nothing:accuracy')).toBeNull();
  expect(stagesWith(member, 'accuracy')).toEqual(['evaluate:accuracy', 'tune:accuracy']);
});

test('where nothing tells measurements apart, the last one counts', () => {
  const stages = new Map([
    ['first', result(null, 0.4)],
    ['second', result('test', 0.5)],
  ]);
  expect(metricValue({ ...member, stages }, 'accuracy')).toMatchObject({ stage: 'second' });
});

test('a table says whose number it ranks by and what else there is, and takes the interval recorded with it', () => {
  const variant = { name: 'main', names: ['main'], members: [member], values: [] } as unknown as Variant;
  const records = {} as Parameters<typeof tableOf>[0];
  const table = tableOf(records, [variant], variant, 'accuracy');
  expect(table).toMatchObject({ metric: 'accuracy', stage: 'evaluate', others: ['tune:accuracy'] });
  expect(table.rows[0]?.score).toMatchObject({ value: 0.7, low: 0.3, high: 0.9 });
  const other = tableOf(records, [variant], variant, 'tune:accuracy');
  expect(other).toMatchObject({ metric: 'accuracy', stage: 'tune', others: ['evaluate:accuracy'] });
  // Nine of ten, as Wilson has it: nothing was recorded.
  expect(other.rows[0]?.score.low).toBeCloseTo(0.5958, 4);
});
