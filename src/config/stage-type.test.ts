import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ProblemList } from './problem-list.ts';
import { StageTypes } from './stage-type.ts';
import { brief, briefs, load, problems, stage } from './test-project.ts';
import { diskWorld } from './world.ts';

const use = (name: string) => `stages: {s: {uses: ${name}}}`;
const entryOf = (files: Record<string, string>) => {
  const { action } = stage(load({ 'pipeline.yaml': use('mine'), ...files }), 's');
  return action.kind === 'uses' ? action.entry : null;
};

test('a stage is a file or a folder with an index, TypeScript or JavaScript', () => {
  for (const file of ['mine.ts', 'mine.js', 'mine.mts', 'mine.mjs', 'mine/index.ts', 'mine/index.js']) {
    expect(entryOf({ [`stages/${file}`]: '' })).toBe(`/project/stages/${file}`);
  }
});

test("a project's own stage and its own schema come before the built-in ones", () => {
  expect(entryOf({ 'stages/mine/index.js': '', 'pipe:stages/mine/index.ts': '' })).toBe(
    '/project/stages/mine/index.js',
  );
  expect(entryOf({ 'pipe:stages/mine/index.ts': '' })).toBe('/pipe/stages/mine/index.ts');
  const schema = JSON.stringify({ 'x-outputs': { thing: { kind: 'any' } } });
  const project = load({ 'pipeline.yaml': use('ingest'), 'schemas/stages/ingest.schema.json': schema });
  expect(stage(project, 's').outs.map((out) => out.name)).toEqual(['thing']);
});

test('a name that stands for no stage is reported with those there are (E0210)', () => {
  expect(problems(use('trian'))).toMatchObject([
    {
      code: 'E0210',
      at: { line: 1, column: 20 },
      expected: 'one of `ingest`, `change`, `train`, `evaluate`',
      hint: 'did you mean `train`?',
    },
  ]);
  expect(problems(use('prepare'))[0]?.hint).toBe('make it: `stages/prepare/index.ts`');
});

test('a name cannot lead out of the folder of stages (E0210)', () => {
  expect(briefs({ 'pipeline.yaml': use('../evil'), 'evil.ts': '' })[0]).toBe(
    'E0210 1:20 there is no stage `../evil` to use',
  );
});

test('a schema that cannot be used is reported once, in its own file (E0211, E0104)', () => {
  const found = (schema: string) =>
    briefs({
      'pipeline.yaml': `stages: {s: {uses: own}, t: {uses: own}}`,
      'stages/own.ts': '',
      'schemas/stages/own.schema.json': schema,
    });
  expect(found('[]')).toEqual(['E0211 1:1 schema of `own` is not a map']);
  expect(found('{"if": {}}')).toEqual([
    'E0211 1:1 schema of `own` cannot be used: Conditional schemas (if/then/else) are not supported',
  ]);
  expect(found('{"x-inputs": {"a": {"kind": "picture"}}}')).toEqual([
    'E0211 1:1 `x-inputs` and `x-outputs` of `own` need a `kind` for each name: dataset, model, settings, metrics, any',
  ]);
  expect(found('{"type": ')[0]).toMatch(/^E0104 1:\d+ not valid JSON: /);
});

test('every schema that comes with the runner can be used', () => {
  const root = path.join(import.meta.dirname, '../..');
  const folders = {
    root: '/nowhere',
    builtinStages: path.join(root, 'stages'),
    builtinSchemas: path.join(root, 'schemas/stages'),
  };
  const list = new ProblemList();
  const types = new StageTypes(folders, diskWorld, list);
  const names = fs.readdirSync(folders.builtinSchemas).map((file) => file.replace('.schema.json', ''));
  const read = names.map((name) => types.get(name, null, name));
  expect(list.errors().map(brief)).toEqual([]);
  expect(read.map((type) => type?.uses)).toEqual(names);
});
