import { expect, test } from 'vitest';
import { brief, briefs, load, problems, stage } from './test-project.ts';

const TRIES = {
  'pipe:stages/tries.js': '',
  'pipe:schemas/tries.schema.json': JSON.stringify({
    type: 'object',
    additionalProperties: false,
    properties: {
      trial: { type: 'object', properties: { with: { type: 'object', default: {}, 'x-params-of': 'train' } } },
      space: { type: 'object', minProperties: 1, 'x-reach': true, 'x-params-of': 'train', additionalProperties: true },
    },
    'x-inputs': { dataset: { kind: 'dataset', required: true } },
    'x-outputs': { 'settings.json': { kind: 'settings' } },
  }),
};
const pipeline = (space: string, more = '') => ({
  ...TRIES,
  'pipeline.yaml': `stages:
  ingest: { uses: ingest, with: { source: a } }
  change: { uses: change, from: ingest }
  tries:
    uses: tries
    from: change
    with:
      ${more}
      space:
        ${space}
  train: { uses: train, from: { dataset: change, settings: tries } }
`,
});

test('paths of a stage before and of the trial itself are taken, with values both take', () => {
  const texts = pipeline(
    '{ epochs: { range: [1, 9], integer: true }, model.blocks: { choice: [1, 2] }, change.copies: { range: [0, 4], step: 2 } }',
    'trial: { with: { epochs: 3 } }',
  );
  expect(stage(load(texts), 'tries').reaches).toEqual(['change']);
});

test.each([
  [
    'a param of the trial there is not',
    '{ model.block: { choice: [1] } }',
    'E1031 10:11 `model.block` names no value: `train` has no param `model.block`',
    'did you mean `model.blocks`?',
  ],
  [
    'a choice the trial does not take',
    '{ epochs: { choice: [1, 0] } }',
    'E1032 10:33 `epochs` may become the number `0`',
    undefined,
  ],
  [
    'fractions of what is whole',
    '{ epochs: { range: [1, 9] } }',
    'E1032 10:28 `epochs` may become the number `1.5`',
    'integer: true',
  ],
  [
    'fractions of what is whole, in a stage before',
    '{ change.copies: { range: [0, 1] } }',
    'E1032 10:35 `change.copies` may become the number `0.5`',
    'integer: true',
  ],
  [
    'steps between whole numbers',
    '{ change.copies: { range: [0, 4], step: 0.5 } }',
    'E1032 10:35 `change.copies` may become the number `0.5`',
    'integer: true',
  ],
  [
    'a stage that runs later',
    '{ train.epochs: { choice: [1] } }',
    'E1030 10:11 `train.epochs` reaches into `train`, which does not run before `tries`',
    'for a param of the trial itself write `epochs`',
  ],
  [
    'a stage there is not',
    '{ chnage.copies: { choice: [1] } }',
    'E1031 10:11 `chnage.copies` names no value: `train` has no param `chnage`',
    'did you mean `change.copies`?',
  ],
  ['nothing to search', '{}', 'E0212 10:9 `space` is an empty map', undefined],
])('a space is refused at its place: %s', (_what, space, text, hint) => {
  const [first, ...others] = problems(pipeline(space));
  expect([first === undefined ? '' : brief(first), first?.hint, others]).toEqual([text, hint, []]);
});

test('fixed params of a trial are checked as those of its stage, where they are written', () => {
  const [found] = problems(pipeline('{ epochs: { choice: [1] } }', 'trial: { with: { epoch: 3 } }'));
  expect(brief(found as never)).toBe('E0213 8:24 unknown field `epoch` in `trial.with`');
  expect(found?.hint).toBe('did you mean `epochs`?');
  expect(briefs(pipeline('{ epochs: { choice: [1] } }', 'trial: { with: { epochs: 0 } }'))).toEqual([
    'E0212 8:32 `epochs` is the number `0`',
  ]);
});

test('a mistake in a stage before is told alone: nothing is said of paths that reach past it', () => {
  const texts = pipeline('{ ingest.labels: { choice: [csv] } }');
  const faulty = {
    ...texts,
    'pipeline.yaml': texts['pipeline.yaml'].replace('change, from', 'change, with: { copis: 1 }, from'),
  };
  expect(briefs(faulty)).toEqual([expect.stringContaining('unknown field `copis`')]);
});
