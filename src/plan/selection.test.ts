import { expect, test } from 'vitest';
import { planOf, stage } from '../../test/support/plans.ts';
import { selectNodes } from './selection.ts';

const plan = planOf(
  stage('ingest', { outs: ['data'] }),
  stage('train@a', { deps: ['data'], outs: ['model-a'] }),
  stage('train@b', { deps: ['data'], outs: ['model-b'] }),
  stage('docs', { outs: ['site'] }),
);

function names(targets: string[], only = false): string[] {
  const selected = selectNodes(plan, targets, only);
  if (!selected.ok) throw new Error(selected.failure[0]?.message);
  return [...selected.value].map((index) => plan.nodes[index]?.stage.name as string).sort();
}

test('without targets everything is selected', () => {
  expect(names([])).toHaveLength(4);
});

test('a target brings all it needs', () => {
  expect(names(['train@a'])).toEqual(['ingest', 'train@a']);
});

test('a target alone brings nothing else', () => {
  expect(names(['train@a'], true)).toEqual(['train@a']);
});

test('a group name stands for all its stages', () => {
  expect(names(['train'], true)).toEqual(['train@a', 'train@b']);
});

test('the path of an output stands for the stage that makes it', () => {
  expect(names(['./model-b'], true)).toEqual(['train@b']);
});

test('an unknown target is an error with the nearest known name', () => {
  const selected = selectNodes(plan, ['ingset'], false);
  expect(selected.ok).toBe(false);
  if (!selected.ok)
    expect(selected.failure[0]).toMatchObject({ code: 'E0411', hint: expect.stringContaining('ingest') });
});
