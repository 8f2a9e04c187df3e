import { expect, test } from 'vitest';
import { gcText } from './gc-text.ts';

test('results are grouped by experiment and stage, the largest first, with what they would cost', () => {
  const text = gcText(
    {
      results: [
        { stage: 'train', experiment: 'main', seconds: 60, sizeBytes: 1000 },
        { stage: 'train', experiment: 'main', seconds: 30, sizeBytes: 500 },
        { stage: 'augment', experiment: null, seconds: 1, sizeBytes: 9000 },
      ],
      sizeBytes: 10_500,
      seconds: 91,
    },
    true,
  );
  expect(text).toBe(
    [
      '  augment (no experiment)    9.0 kB  1 result, 1.0 s to make again',
      '  main/train                 1.5 kB  2 results, 1 min 30 s to make again',
      '',
      'would free 11 kB; 1 min 31 s of work to make it again',
      'delete: pipe gc',
      '',
    ].join('\n'),
  );
});

test('with nothing to delete it says so', () => {
  expect(gcText({ results: [], sizeBytes: 0, seconds: 0 }, false)).toBe('nothing to delete\n');
});
