/** `vars`, `${}`, `foreach` and `matrix` of a dvc.yaml: what commands and stages become. */
import { expect, test } from 'vitest';
import { runInProcess } from '../support/in-process.ts';
import { testProject } from '../support/project.ts';

/** The commands of each stage of a dvc.yaml, as they would be started; runs them too, so that all of them can be. */
async function commandsOf(
  stages: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Record<string, readonly string[]>> {
  const project = testProject({ 'dvc.yaml': stages, ...files });
  const { summary, plan } = await runInProcess(project.root);
  expect(summary.status).toBe('ok');
  return Object.fromEntries(
    plan.nodes.map(({ stage }) => [stage.name, stage.action.kind === 'cmd' ? stage.action.commands : []]),
  );
}

const PARAMS = `
train: { lr: 0.1, deep: { on: true, off: false, n: 2 }, names: [a, "b c"], text: "it's", none: null, empty: "", no: [] }
flag: true
nothing: null
word: plain
list: [first, { inner: second }]
floats: [0.1, 1.5]
groups: { one: { v: 1, tags: [x] }, two: { v: 2, tags: [y] } }
text: "007"
`;

test('values are printed as DVC prints them; a map in a command becomes flags; an escape stays for the shell', async () => {
  const commands = await commandsOf(
    `
stages:
  types: { cmd: 'echo \${flag} \${nothing} \${word} \${list[0]} \${list[1].inner} \${ word } \${text} \${word}\${word}' }
  flags: { cmd: 'echo \${train}' }
  nested: { cmd: 'echo x \${train.deep} y' }
  shell: { cmd: 'echo \\\${HOME} "$HOME" $((1+1))' }
  list: { cmd: ['echo \${word}', 'echo \${flag}'] }
`,
    { 'params.yaml': PARAMS },
  );
  expect(commands).toEqual({
    types: ['echo true None plain first second plain 007 plainplain'],
    flags: [`echo --lr 0.1 --deep.on --deep.n 2 --names a 'b c' --text 'it'"'"'s' --none None --empty ''`],
    nested: ['echo x --on --n 2 y'],
    shell: ['echo $' + '{HOME} "$HOME" $((1+1))'],
    list: ['echo plain', 'echo true'],
  });
});

test('vars: values, files, chosen keys of files; maps merge; those of a stage are its own and relative to its folder', async () => {
  const commands = await commandsOf(
    `
vars:
  - other.yaml:model
  - model: { extra: more }
  - deep/values.json
  - values.toml:section
stages:
  all: { cmd: 'echo \${model.name} \${model.extra} \${fromJson} \${section.key} \${word}' }
  own:
    vars: [local.yaml, { own: mine }]
    wdir: sub
    cmd: echo \${where} \${own} \${word}
  templated:
    vars: [{ folder: data, file: conf.yaml }]
    wdir: sub
    cmd: echo \${folder} > \${folder}.txt
    deps: ['\${folder}']
    params: ['\${file}': ['\${folder}.k']]
    outs: ['\${folder}.txt': { cache: false }]
    desc: reads \${folder}
`,
    {
      'params.yaml': PARAMS,
      'other.yaml': 'model: { name: net }\nunused: 1\n',
      'deep/values.json': '{"fromJson": 5}',
      'values.toml': 'other = 1\n[section]\nkey = "toml"\n',
      'sub/local.yaml': 'where: in-sub\n',
      'sub/data': 'x',
      'sub/conf.yaml': 'data: { k: 1 }\n',
    },
  );
  expect(commands).toEqual({
    all: ['echo net more 5 toml plain'],
    own: ['echo in-sub mine plain'],
    templated: ['echo data > data.txt'],
  });
});

test('foreach: lists, maps, composite items, templated lists; stages are named as DVC names them', async () => {
  const commands = await commandsOf(
    `
stages:
  list: { foreach: [a, b c, 1, true, null], do: { cmd: 'echo \${item}' } }
  floats: { foreach: '\${floats}', do: { cmd: 'echo \${item}' } }
  map: { foreach: { one: 1, two: 2 }, do: { cmd: 'echo \${key} \${item}' } }
  groups: { foreach: '\${groups}', do: { cmd: 'echo \${key} \${item.v} \${item.tags[0]}' } }
  composite: { foreach: [{ v: 1 }, { v: 2 }], do: { cmd: 'echo \${item.v}' } }
  empty: { foreach: [], do: { cmd: 'echo \${item}' } }
`,
    { 'params.yaml': PARAMS },
  );
  expect(commands).toEqual({
    'list@a': ['echo a'],
    'list@b c': ['echo b c'],
    'list@1': ['echo 1'],
    'list@True': ['echo true'],
    'list@None': ['echo None'],
    'floats@0.1': ['echo 0.1'],
    'floats@1.5': ['echo 1.5'],
    'map@one': ['echo one 1'],
    'map@two': ['echo two 2'],
    'groups@one': ['echo one 1 x'],
    'groups@two': ['echo two 2 y'],
    'composite@0': ['echo 1'],
    'composite@1': ['echo 2'],
  });
});

test('matrix: the product of lists; composite values are named by key and position', async () => {
  const commands = await commandsOf(
    `
stages:
  grid:
    matrix: { lr: '\${floats}', on: [true, false] }
    cmd: echo \${item.lr} \${item.on} \${key}
  mixed:
    matrix: { model: [{ name: a, n: [1, 2] }, { name: b, n: [3, 4] }], word: ['\${word}'] }
    cmd: echo \${item.model.name} \${item.model.n[1]} \${item.word} \${key}
`,
    { 'params.yaml': PARAMS },
  );
  expect(commands).toEqual({
    'grid@0.1-True': ['echo 0.1 true 0.1-True'],
    'grid@0.1-False': ['echo 0.1 false 0.1-False'],
    'grid@1.5-True': ['echo 1.5 true 1.5-True'],
    'grid@1.5-False': ['echo 1.5 false 1.5-False'],
    'mixed@model0-plain': ['echo a 2 plain model0-plain'],
    'mixed@model1-plain': ['echo b 4 plain model1-plain'],
  });
});

test.each([
  ['a name that stands for nothing', "a: { cmd: 'echo ${none}' }", 'E0304'],
  ['a list inside a text', "a: { cmd: 'echo x ${list}' }", 'E0306'],
  ['a reference inside a reference', "a: { cmd: 'echo ${groups.${word}}' }", 'E0304'],
  ['two items of one name', "a: { foreach: [x, x], do: { cmd: 'echo ${item}' } }", 'E0207'],
  ['combinations of one name', "a: { matrix: { p: [a-b, a], q: [c, b-c] }, cmd: 'echo ${item.p}' }", 'E0207'],
  ['a value given twice', "a: { vars: [{ word: other }], cmd: 'echo ${word}' }", 'E0307'],
])('%s is an error before anything runs', async (_, stage, code) => {
  await expect(commandsOf(`stages:\n  ${stage}\n`, { 'params.yaml': PARAMS })).rejects.toThrow(code);
});

test('a change of a value runs the stages it reaches, and only those', async () => {
  const project = testProject({
    'dvc.yaml': `
stages:
  train:
    foreach: \${models}
    do:
      cmd: echo \${item.lr} > \${key}.txt
      outs: ['\${key}.txt']
  sum: { cmd: cat a.txt b.txt > sum.txt, deps: [a.txt, b.txt], outs: [sum.txt] }
`,
    'params.yaml': 'models: { a: { lr: 1 }, b: { lr: 2 } }\n',
  });
  await runInProcess(project.root);
  project.write('params.yaml', 'models: { a: { lr: 1 }, b: { lr: 3 }, c: { lr: 4 } }\n');
  const { statuses } = await runInProcess(project.root);
  expect(statuses).toEqual({ 'train@a': 'cached', 'train@b': 'ran', 'train@c': 'ran', sum: 'ran' });
});
