import { expect, test } from 'vitest';
import { briefs, load, problems, stageNames } from './test-project.ts';

test('a value of the wrong kind is reported with what is expected (E0201)', () => {
  const found = problems(
    'version: 2\nstages:\n  a: { cmd: 1, frozen: maybe, deps: x }\n  b: 7\n  c: { cmd: [x, [y]], outs: [{ o: { cache: 3 } }] }',
  );
  expect(found.map(({ code, message, expected }) => [code, message, expected])).toEqual([
    ['E0201', '`version` is the number `2`', '`1`'],
    ['E0201', '`cmd` is the number `1`', 'text, or a list of text'],
    ['E0201', '`frozen` is the text `maybe`', '`true` or `false`, or text with `${name}`'],
    ['E0201', '`deps` is the text `x`', 'a list of text'],
    ['E0201', '`b` is the number `7`', 'a map'],
    ['E0201', 'item 2 of `cmd` is a list', 'text'],
    ['E0201', '`cache` is the number `3`', '`true` or `false`, or text with `${name}`'],
  ]);
});

test('problems in a stage name the stage', () => {
  expect(problems('stages: {a: {cmd: 1}}')[0]).toMatchObject({
    stage: 'a',
    at: { file: 'pipeline.yaml', line: 1, column: 19 },
  });
});

test('an unknown field is reported at its key, with the field that was meant (E0202)', () => {
  const found = problems('stagse: {}\nstages:\n  a: { cmd: x, out: [y], outs: [{ o: { cach: true } }] }\nxyzzy: 1');
  expect(found.map(({ code, at, hint }) => [code, at?.line, at?.column, hint])).toEqual([
    ['E0202', 1, 1, 'did you mean `stages`?'],
    ['E0202', 3, 16, 'did you mean `outs`?'],
    ['E0202', 3, 40, 'did you mean `cache`?'],
    ['E0202', 4, 1, undefined],
  ]);
  expect(found[3]?.expected).toBe('one of `version`, `params`, `vars`, `stages`, `experiments`');
});

test('unknown fields are found inside foreach too', () => {
  expect(briefs('stages: {a: {foreach: [1], do: {cmdd: x}}}')).toEqual(['E0202 1:33 unknown field `cmdd` in `do`']);
});

test("a dvc.yaml takes DVC's fields and no others (E0202)", () => {
  const text = `
vars: [{n: 1}]
params: [params.yaml]
metrics: [m.json]
plots: [{p.csv: {x: a}}]
artifacts: {model: {path: m}}
datasets: [{name: d, type: dvc, url: u}]
stages:
  a:
    cmd: x
    outs: [{o: {cache: false, persist: true, remote: r, push: false, desc: d, type: t, labels: [l], meta: {k: 1}}}]
    plots: [{p.csv: {x: a, y: [b], x_label: c, y_label: d, title: e, template: linear, header: false, cache: true}}]
    desc: what
    meta: {any: thing}
    frozen: true
    always_changed: true
`;
  expect(stageNames(load({ 'dvc.yaml': text, 'params.yaml': 'a: 1' }))).toEqual(['a']);
  expect(briefs({ 'dvc.yaml': 'stages: {a: {uses: train}}' })).toEqual(['E0202 1:14 unknown field `uses` in `a`']);
  expect(briefs({ 'dvc.yaml': 'experiments: {}' })).toEqual(['E0202 1:1 unknown field `experiments` in the file']);
});
