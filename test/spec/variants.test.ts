/** A stage may ask for its input under other params of the stages before it: made once, by the store's rules, and checked first. */
import { expect, test } from 'vitest';
import { type JsonFinished, type TestProject, testProject } from '../support/project.ts';

const COPY = (write: string) => `import fs from 'node:fs';
export default async function run({ params, inputs, outputs }) {
  const before = inputs.text ? fs.readFileSync(inputs.text, 'utf8') : '';
  ${write}
}
`;
const SCHEMA = (properties: object) =>
  JSON.stringify({
    type: 'object',
    additionalProperties: false,
    properties,
    'x-inputs': { text: { kind: 'any', required: false } },
    'x-outputs': { text: { kind: 'any' } },
  });

const FILES = {
  'pipeline.yaml': `
stages:
  first: { uses: repeat, with: { word: a, times: 1 } }
  middle: { uses: repeat, from: { text: first }, with: { word: b, times: 1 } }
  last: { uses: repeat, from: { text: middle }, with: { word: c, times: 1 } }
  tries:
    uses: tries
    from: { text: last }
    with:
      space: { own: { choice: [1] }, middle.times: { choice: [1, 2, 3] }, last.times: { choice: [1, 2] } }
`,
  'stages/repeat.js': COPY(
    "if (params.word === 'x') throw new Error('no x'); fs.writeFileSync(outputs.text, before + params.word.repeat(params.times));",
  ),
  'schemas/stages/repeat.schema.json': SCHEMA({
    word: { type: 'string' },
    times: { type: 'integer', minimum: 0, default: 1 },
  }),
  'stages/tries.js': `import fs from 'node:fs';
export default async function run({ params, outputs, inputVariant, signal }) {
  const asked = params.asked ?? [[2, 1], [2, 2], [3, 1], [1, 1], [2, 1]];
  const answers = await Promise.all(asked.map(async ([middle, last]) => {
    const given = typeof middle === 'object' ? middle : { 'middle.times': middle, 'last.times': last };
    try {
      const { path, digest } = await inputVariant('text', given);
      return { text: fs.readFileSync(path, 'utf8'), digest };
    } catch (error) {
      return { error: error.message, code: error.code, name: error.name };
    }
  }));
  fs.writeFileSync(outputs.text, JSON.stringify(answers));
}
`,
  'schemas/stages/tries.schema.json': SCHEMA({
    asked: { type: 'array' },
    space: { type: 'object', additionalProperties: true, 'x-reach': true },
  }),
};

const answersOf = (project: TestProject) =>
  JSON.parse(project.read('artifacts/main/tries/text')) as { text?: string; error?: string; code?: string }[];
const variantsOf = (run: JsonFinished) =>
  (run.summary.variants ?? []).map(({ stage, variant, status }) => `${stage} ${JSON.stringify(variant)} ${status}`);

test('a stage sees its input under other params; each stage that differs runs once, and never again', () => {
  const project = testProject(FILES);
  const run = project.json(['run']);
  expect(run.code, run.stdout + run.stderr).toBe(0);
  expect(answersOf(project).map(({ text }) => text)).toEqual(['abbc', 'abbcc', 'abbbc', 'abc', 'abbc']);
  expect(variantsOf(run).sort()).toEqual([
    'last {"last.times":1,"middle.times":2} ran',
    'last {"last.times":1,"middle.times":3} ran',
    'last {"last.times":2,"middle.times":2} ran',
    'middle {"middle.times":2} ran',
    'middle {"middle.times":3} ran',
  ]);
  expect(run.events.find((event) => event.event === 'stage-finished' && event.variant !== undefined)).toMatchObject({
    reasons: [{ kind: 'changed', fact: 'param', name: 'times', old: 1 }],
  });
  // Known variants are put in place, not made; also as the plain pipeline of an experiment.
  const again = project.json(['run', '--force', 'tries']);
  expect(variantsOf(again).every((each) => each.endsWith('restored'))).toBe(true);
  expect(project.json(['run', 'last', '--set', 'middle.times=3']).statuses).toMatchObject({
    middle: 'restored',
    last: 'restored',
  });
});

test('the code of a stage that is varied, and of those behind it, decides whether the asking stage is up to date', () => {
  const project = testProject(FILES);
  expect(project.pipe(['run']).code).toBe(0);
  expect(project.pipe(['status']).code).toBe(0);
  // The plain pipeline gives the same text as before, a variant would not.
  project.write(
    'stages/repeat.js',
    FILES['stages/repeat.js'].replace('params.times)', 'params.times === 3 ? 4 : params.times)'),
  );
  const run = project.json(['run']);
  expect(run.statuses).toEqual({ first: 'ran', middle: 'ran', last: 'ran', tries: 'ran' });
  expect(run.summary.stages.tries?.reasons).toMatchObject([
    { kind: 'changed', fact: 'reached', name: 'last' },
    { kind: 'changed', fact: 'reached', name: 'middle' },
  ]);
  expect(project.pipe(['why', 'tries']).stdout).toContain('stage middle, which it varies, changed');
  expect(answersOf(project)[2]?.text).toBe('abbbbc');
});

test('a variant that cannot be made is told to the stage that asked, with the stage that failed', () => {
  const failing = FILES['pipeline.yaml']
    .replace(
      'with:\n      space:',
      'with:\n      asked: [[{ middle.word: x }], [{ middle.times: 2 }], [{ first.times: 2 }], [{ middle.times: no }], [{ middle.sise: 1 }]]\n      space:',
    )
    .replace('own:', 'middle.word: { choice: [b, x] }, own:');
  const project = testProject({ ...FILES, 'pipeline.yaml': failing });
  const run = project.json(['run']);
  expect(run.code, run.stdout + run.stderr).toBe(0);
  const answers = answersOf(project);
  expect(answers[1]?.text).toBe('abbc');
  expect(answers[0]).toMatchObject({
    name: 'StageError',
    code: 'E1033',
    error: expect.stringContaining('`middle` failed: '),
  });
  expect(answers[2]?.error).toContain('may not vary `first.times`');
  expect(answers[3]?.error).toContain('`times`');
  expect(answers[4]?.error).toContain('has no param `sise`');
});

test('a stage run alone sees variants of the pipeline as it is written now, whatever lies in place', () => {
  const project = testProject(FILES);
  expect(project.pipe(['run']).code).toBe(0);
  const only = project.json(['run', '--only', 'tries', '--set', 'middle.times=2']);
  expect(only.code, only.stdout + only.stderr).toBe(0);
  expect(answersOf(project).map(({ text }) => text)).toEqual(['abbc', 'abbcc', 'abbbc', 'abc', 'abbc']);
  expect(variantsOf(only).every((each) => each.endsWith('restored'))).toBe(true);
  expect(project.read('artifacts/main/middle/text')).toBe('ab');
});

test('a space that reaches wrongly is told before anything runs', () => {
  const project = testProject({
    ...FILES,
    'pipeline.yaml': FILES['pipeline.yaml'].replace(/space: .*/, 'space: { middle.tims: { choice: [1] } }'),
  });
  const run = project.pipe(['run']);
  expect(run.code).toBe(2);
  expect(run.stderr).toContain('E1031');
  expect(run.stderr).toContain('did you mean `middle.times`?');
  expect(run.stderr).toContain('pipeline.yaml:10:');
  expect(project.exists('artifacts')).toBe(false);
});
