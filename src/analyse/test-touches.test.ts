import { expect, test } from 'vitest';
import type { Digest, Key } from '../base/digest.ts';
import type { ActionRecord } from '../store/store.ts';
import { countModels } from './test-touches.ts';

function measured(dataset: string, model: string, split = 'test'): ActionRecord {
  return {
    version: 1,
    key: `${dataset} ${model} ${split}` as unknown as Key,
    stage: 'evaluate',
    manifest: {
      version: 1,
      facts: [
        { kind: 'param', name: 'split', value: split },
        { kind: 'input', name: 'dataset', value: ['folder', dataset, false] },
        { kind: 'input', name: 'model', value: ['folder', model, false] },
      ],
    },
    reasons: [],
    outputs: {
      'predictions.csv': {
        kind: 'file',
        digest: model as unknown as Digest,
        sizeBytes: 1,
        files: 1,
        executable: false,
      },
    },
    metrics: {},
    seconds: 1,
    cpuSeconds: null,
    peakBytes: null,
    run: 'r',
    log: null,
    provenance: {},
    finishedAt: '2026-01-01T00:00:00Z',
  };
}

test('models are counted once each, on the same dataset and split', () => {
  const first = measured('plates', 'one');
  const all = [
    first,
    measured('plates', 'two'),
    measured('plates', 'two'),
    measured('plates', 'three', 'validation'),
    measured('screws', 'four'),
  ];
  expect(countModels(first, all)).toBe(2);
  expect(countModels(first, [])).toBe(1);
});

test('a result that measures no model counts as one', () => {
  const { outputs: _outputs, ...rest } = measured('plates', 'one');
  expect(countModels({ ...rest, outputs: {} }, [measured('plates', 'two')])).toBe(1);
});
