import { expect, test } from 'vitest';
import { briefs, commands, experiment, load, problems, stage, stageNames } from './test-project.ts';

const foreach = (items: string, cmd = 'x') => `stages: {s: {foreach: ${items}, do: {cmd: "${cmd}"}}}`;

test('foreach over plain values makes a stage named after each', () => {
  const project = load(foreach('[us, 1, 2.50, true, null]', 'run ${item}'));
  expect(stageNames(project)).toEqual(['s@us', 's@1', 's@2.5', 's@True', 's@None']);
  expect(commands(project, 's@2.5')).toEqual(['run 2.5']);
  expect(stage(project, 's@us').group).toBe('s');
});

test('foreach over lists or maps names stages by position, all of them when one item is composite', () => {
  const project = load(foreach('[{a: 1}, b]', 'run'));
  expect(stageNames(project)).toEqual(['s@0', 's@1']);
  expect(commands(load(foreach('[{a: 1}, {a: 2}]', '${item.a}')), 's@1')).toEqual(['2']);
});

test('foreach over a map names stages by key and gives both key and item', () => {
  const project = load(foreach('{uk: {n: 1}, us: {n: 2}}', '${key} ${item.n}'));
  expect([commands(project, 's@uk'), commands(project, 's@us')]).toEqual([['uk 1'], ['us 2']]);
});

test('foreach takes its list from params, and items may hold templates', () => {
  expect(stageNames(load(`params: {l: [a, b]}\n${foreach('"${l}"')}`))).toEqual(['s@a', 's@b']);
  expect(stageNames(load(`params: {l: {n: x}}\n${foreach('["${l.n}", y]')}`))).toEqual(['s@x', 's@y']);
  expect(stageNames(load(foreach('[]')))).toEqual([]);
});

test('matrix makes every combination, the last list running fastest', () => {
  const text = 'stages: {s: {matrix: {a: [1, 2], b: [x, y]}, cmd: "${item.a} ${item.b} ${key}"}}';
  const project = load(text);
  expect(stageNames(project)).toEqual(['s@1-x', 's@1-y', 's@2-x', 's@2-y']);
  expect(commands(project, 's@2-x')).toEqual(['2 x 2-x']);
});

test('composite values of a matrix are named by list and position', () => {
  const text = 'stages: {s: {matrix: {m: [cnn, fc], cfg: [{n: 1}, {n: 2}]}, cmd: "${item.cfg.n}"}}';
  expect(stageNames(load(text))).toEqual(['s@cnn-cfg0', 's@cnn-cfg1', 's@fc-cfg0', 's@fc-cfg1']);
});

test('items that give one name are an error that names it, not a lost stage (E0207)', () => {
  expect(briefs(foreach('[a, b, a]'))).toEqual(['E0207 1:10 two items of `s` give a stage the name `s@a`']);
  expect(briefs('stages: {s: {matrix: {a: [x, x-y], b: [y-z, z]}, cmd: x}}')).toEqual([
    'E0207 1:10 two items of `s` give a stage the name `s@x-y-z`',
  ]);
});

test('a stage and an item of another that give one name are both named (E0207)', () => {
  const found = problems('stages:\n  s@a: {cmd: x}\n  s: {foreach: [a], do: {cmd: x}}');
  expect(found).toMatchObject([
    {
      code: 'E0207',
      message: '`s` and `s@a` both give a stage the name `s@a`',
      at: { line: 3 },
      related: { at: { line: 2 } },
    },
  ]);
});

test('what cannot be expanded is reported (E0222)', () => {
  const found = (text: string) => briefs(`stages: {s: ${text}}`)[0]?.replace(/ \d+:\d+/, '');
  expect(found('{foreach: [1]}')).toBe('E0222 `foreach` of `s` has no `do`');
  expect(found('{do: {cmd: x}}')).toBe('E0222 `do` of `s` has no `foreach`');
  expect(found('{foreach: [1], matrix: {a: [1]}, do: {cmd: x}}')).toBe('E0222 `s` has both `foreach` and `matrix`');
  expect(found('{matrix: {a: [1]}, do: {cmd: x}}')).toBe('E0222 `do` of `s` belongs to `foreach`');
  expect(found('{foreach: [1], cmd: x, do: {cmd: x}}')).toBe('E0222 `cmd` stands beside `foreach`');
  expect(found('{foreach: [1], do: {foreach: [1], do: {cmd: x}}}')).toBe('E0222 `foreach` stands inside `do`');
  expect(briefs(`params: {l: 3}\n${foreach('"${l}"')}`)[0]).toContain('`foreach` of `s` is the number `3`');
  expect(briefs('params: {l: 3}\nstages: {s: {matrix: "${l}", cmd: x}}')[0]).toContain(
    '`matrix` of `s` is the number `3`',
  );
  expect(briefs('params: {l: 3}\nstages: {s: {matrix: {a: "${l}"}, cmd: x}}')[0]).toContain(
    '`a` in the matrix of `s` is the number `3`',
  );
});

test('a matrix has a bound (E0222)', () => {
  const list = `[${Array.from({ length: 50 }, (_, i) => i)}]`;
  expect(briefs(`stages: {s: {matrix: {a: ${list}, b: ${list}, c: ${list}}, cmd: x}}`)[0]).toContain(
    'E0222 1:318 the matrix of `s` has more than 100000 combinations',
  );
});

test('an item that hides a value of its name is a warning (E0310)', () => {
  const project = load(`params: {item: 1, key: 2}\n${foreach('{a: b}', '${item} ${key}')}`);
  expect(commands(project, 's@a')).toEqual(['b a']);
  expect(project.warnings.map(({ code, severity }) => [code, severity])).toEqual([
    ['E0310', 'warning'],
    ['E0310', 'warning'],
  ]);
});

test('experiments see their own items', () => {
  const text =
    'params: {l: [a]}\nstages: {s: {foreach: "${l}", do: {cmd: x}}}\nexperiments: {more: {params.l: [a, b]}}';
  const project = load(text, { experiments: 'all' });
  expect([...experiment(project, 'more').stages.keys()]).toEqual(['s@a', 's@b']);
  expect(stageNames(project)).toEqual(['s@a']);
});
