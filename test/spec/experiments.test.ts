/** Experiments with commands: side by side, with values of their own, and nothing done twice. */
import { expect, test } from 'vitest';
import { type InProcessOptions, runInProcess, statusesOf } from '../support/in-process.ts';
import { type TestProject, testProject } from '../support/project.ts';

const run = (project: TestProject, options?: InProcessOptions) => runInProcess(project.root, options);

/** Statuses by experiment and stage. */
async function statuses(
  project: TestProject,
  options: InProcessOptions,
): Promise<Record<string, Record<string, string>>> {
  const { summary } = await run(project, options);
  const all = summary.experiments ?? { [summary.experiment]: summary.stages };
  return Object.fromEntries(Object.entries(all).map(([name, stages]) => [name, statusesOf(stages)]));
}

/** Counts executions in a file outside the project: private folders do not matter then. */
const COUNT = 'echo $PIPE_EXPERIMENT/$PIPE_STAGE >> $COUNT_FILE';

/** `train` reads params.yaml itself; `prepare` does not depend on what the experiments change. */
function pipeline(): TestProject {
  const project = testProject({
    'pipeline.yaml': `
stages:
  prepare: { cmd: 'tr a-z A-Z < raw.txt > data.txt; ${COUNT}', deps: [raw.txt], outs: [data.txt] }
  train:
    cmd:
      - sed -n 's/^ *lr. //p' params.yaml > model.txt
      - cat data.txt >> model.txt; ${COUNT}
    deps: [data.txt]
    params: [train.lr]
    outs: [model.txt]
  evaluate:
    cmd: 'mkdir -p report && wc -c < model.txt > report/size.txt && echo "{\\"lr\\":$(head -1 model.txt)}" > m.json; ${COUNT}'
    deps: [model.txt]
    outs: [report]
    metrics: [m.json: { cache: false }]
experiments:
  slow: { params.train.lr: 0.01 }
  same: { params.train.lr: 0.1 }
  grid: { matrix: { params.train.lr: [0.1, 0.5] } }
`,
    'params.yaml': '# by hand\ntrain:\n  lr: 0.1\n  epochs: 3\n',
    'raw.txt': 'text\n',
  });
  process.env.COUNT_FILE = project.path('.count');
  return project;
}

const executions = (project: TestProject) =>
  project.exists('.count') ? project.read('.count').trim().split('\n').sort() : [];

test('experiments run side by side; what they share is executed once; every experiment has its artifacts', async () => {
  const project = pipeline();
  const all = await statuses(project, { experiments: 'all', jobs: 4 });
  expect(Object.keys(all)).toEqual(['main', 'slow', 'same', 'grid@0.1', 'grid@0.5']);
  expect(executions(project)).toEqual([
    'grid@0.5/evaluate',
    'grid@0.5/train',
    'main/evaluate',
    'main/prepare',
    'main/train',
    'slow/evaluate',
    'slow/train',
  ]);
  expect(project.read('model.txt')).toBe('0.1\nTEXT\n');
  for (const [experiment, lr] of [
    ['slow', '0.01'],
    ['same', '0.1'],
    ['grid@0.1', '0.1'],
    ['grid@0.5', '0.5'],
  ]) {
    const folder = `artifacts/${experiment}`;
    expect([experiment, project.read(`${folder}/train/model.txt`)]).toEqual([experiment, `${lr}\nTEXT\n`]);
    expect([experiment, project.read(`${folder}/prepare/data.txt`)]).toEqual([experiment, 'TEXT\n']);
    expect([experiment, project.read(`${folder}/evaluate/m.json`)]).toEqual([experiment, `{"lr":${lr}}\n`]);
    expect([experiment, project.exists(`${folder}/evaluate/report/size.txt`)]).toEqual([experiment, true]);
  }
  expect(project.read('params.yaml')).toContain('# by hand');
  const again = await statuses(project, { experiments: 'all' });
  expect(new Set(Object.values(again).flatMap(Object.values))).toEqual(new Set(['cached']));
  expect(executions(project)).toHaveLength(7);
});

test('one experiment alone takes over what main has made, and main what an experiment has made', async () => {
  const project = pipeline();
  await run(project);
  expect(await statuses(project, { experiments: ['slow'] })).toEqual({
    slow: { prepare: 'restored', train: 'ran', evaluate: 'ran' },
  });
  expect(await statuses(project, { experiments: ['same'] })).toEqual({
    same: { prepare: 'restored', train: 'restored', evaluate: 'restored' },
  });
  project.write('params.yaml', project.read('params.yaml').replace('lr: 0.1', 'lr: 0.01'));
  expect((await run(project)).statuses).toEqual({ prepare: 'cached', train: 'restored', evaluate: 'restored' });
  expect(project.read('model.txt')).toBe('0.01\nTEXT\n');
  expect(executions(project)).toHaveLength(5);
});

test('a value from the command line beats the file, is written nowhere, and going back and forth executes nothing', async () => {
  const project = pipeline();
  const set = { 'params.train.lr': 7 };
  const lr = async (options: InProcessOptions = {}) => {
    await run(project, options);
    return project.read('m.json');
  };
  expect(await lr()).toBe('{"lr":0.1}\n');
  expect(await lr({ set })).toBe('{"lr":7}\n');
  expect(executions(project)).toHaveLength(5);
  expect([await lr(), await lr({ set }), await lr(), await lr({ set })]).toEqual([
    '{"lr":0.1}\n',
    '{"lr":7}\n',
    '{"lr":0.1}\n',
    '{"lr":7}\n',
  ]);
  expect(executions(project)).toHaveLength(5);
  expect(project.read('params.yaml')).toContain('lr: 0.1');
  await run(project, { set, experiments: ['slow'] });
  expect(project.read('artifacts/slow/evaluate/m.json')).toBe('{"lr":7}\n');
  await expect(run(project, { set: { 'params.train.rl': 7 } })).rejects.toThrow('E0309');
});

test('values of JSON and TOML files, of nested lists, and whole files reach commands that read them', async () => {
  const read = (file: string) => `node -e "console.log(require('fs').readFileSync('${file}','utf8'))"`;
  const project = testProject({
    'pipeline.yaml': `
stages:
  json: { cmd: "${read('conf/a.json').replaceAll('"', '\\"')} > json.txt", params: [conf/a.json: [net.layers]], outs: [json.txt] }
  toml: { cmd: cat b.toml > toml.txt, params: [b.toml: [opt.lr]], outs: [toml.txt] }
  whole: { cmd: cat params.yaml > whole.txt, params: [params.yaml:], outs: [whole.txt] }
  dotted: { cmd: cat dots.yaml > dots.txt, params: [dots.yaml: ['a.b', 'list[1].x']], outs: [dots.txt] }
`,
    'conf/a.json': '{"net": {"layers": [1, 2], "other": "kept"}}',
    'b.toml': 'top = 1\n[opt]\nlr = 0.1\n',
    'params.yaml': 'seed: 1\n',
    'dots.yaml': '"a.b": 1\na: { b: 2 }\nlist: [{ x: 1 }, { x: 2 }]\n',
  });
  await run(project);
  await run(project, {
    set: {
      'conf/a.json:net.layers': [3],
      'b.toml:opt.lr': 0.5,
      'params.seed': 2,
      'dots.yaml:list[1].x': 5,
    },
  });
  expect(JSON.parse(project.read('json.txt'))).toEqual({ net: { layers: [3], other: 'kept' } });
  expect(project.read('toml.txt')).toContain('lr = 0.5');
  expect(project.read('whole.txt')).toContain('seed: 2');
  expect(project.read('dots.txt')).toBe(project.read('dots.yaml').replace('x: 2', 'x: 5'));
});

test('a stage whose `when` is false is left out, and what reads its result reads what stands in for it', async () => {
  const project = testProject({
    'pipeline.yaml': `
params: { upper: true }
stages:
  raw: { cmd: echo text > raw.txt, outs: [raw.txt] }
  upper: { when: '\${upper}', cmd: "tr a-z A-Z < \${from.text} > upper.txt", from: { text: raw }, outs: [upper.txt] }
  use: { cmd: "cat \${from.text} > use.txt", from: { text: upper }, outs: [use.txt] }
experiments:
  plain: { params.upper: false }
`,
  });
  const all = await statuses(project, { experiments: ['main', 'plain'] });
  expect(all).toEqual({
    main: { raw: 'ran', upper: 'ran', use: 'ran' },
    plain: { raw: 'ran', upper: 'skipped', use: 'ran' },
  });
  expect([project.read('use.txt'), project.read('artifacts/plain/use/use.txt')]).toEqual(['TEXT\n', 'text\n']);
  project.write('pipeline.yaml', project.read('pipeline.yaml').replace('upper: true', 'upper: false'));
  expect((await run(project)).statuses).toEqual({ raw: 'cached', upper: 'skipped', use: 'restored' });
  expect(project.read('use.txt')).toBe('text\n');
});

test('checkout brings the recorded results of an experiment back, whatever the inputs are now', async () => {
  const project = pipeline();
  await run(project, { experiments: ['main', 'slow'] });
  project.write('raw.txt', 'changed\n');
  for (const name of ['artifacts', 'model.txt', 'report', 'm.json']) project.remove(name);
  expect(project.pipe(['checkout', 'slow']).code).toBe(0);
  expect(project.read('artifacts/slow/train/model.txt')).toBe('0.01\nTEXT\n');
  expect(project.exists('model.txt')).toBe(false);
  expect(project.pipe(['checkout']).code).toBe(0);
  expect([project.read('model.txt'), project.read('m.json')]).toEqual(['0.1\nTEXT\n', '{"lr":0.1}\n']);
  expect(executions(project)).toHaveLength(5);
});

test('an experiment that fails blocks nothing of the others when the run keeps going', async () => {
  const project = testProject({
    'pipeline.yaml': `
params: { code: 0 }
stages:
  a: { cmd: 'echo a > a.txt; exit \${code}', outs: [a.txt] }
  b: { cmd: cp a.txt b.txt, deps: [a.txt], outs: [b.txt] }
experiments:
  broken: { params.code: 3 }
  fine: { params.code: "0 " }
`,
  });
  expect(await statuses(project, { experiments: 'all', keepGoing: true, jobs: 1 })).toEqual({
    main: { a: 'ran', b: 'ran' },
    broken: { a: 'failed', b: 'blocked' },
    fine: { a: 'ran', b: 'restored' },
  });
  expect(project.exists('artifacts/broken/a/a.txt')).toBe(false);
  expect(project.read('artifacts/fine/b/b.txt')).toBe('a\n');
});

test('a command that reads what it does not declare is told that other experiments run in a folder of their own', async () => {
  const project = testProject({
    'pipeline.yaml': `
params: { k: 1 }
stages:
  a: { cmd: 'sh script.sh \${k} > a.txt', outs: [a.txt] }
experiments:
  other: { params.k: 2 }
`,
    'script.sh': 'echo $1\n',
  });
  const first = await run(project, { experiments: 'all' });
  expect(first.problems[0]).toMatchObject({ code: 'E0701', hint: expect.stringContaining('`deps`') });
  project.write('pipeline.yaml', project.read('pipeline.yaml').replace('outs:', 'deps: [script.sh], outs:'));
  expect(await statuses(project, { experiments: 'all' })).toEqual({ main: { a: 'ran' }, other: { a: 'ran' } });
});

test('a command reads the same folder in an experiment as in main, with programs that pass over links too', async () => {
  const project = testProject({
    'pipeline.yaml': `
params: { k: 1 }
stages:
  a:
    cmd: 'find data -type f | sort > list.txt; grep -rc . data | sort >> list.txt; cp -r data copy; echo \${k}'
    deps: [data/inner/b, data]
    outs: [list.txt, copy]
experiments:
  other: { params.k: 2 }
`,
    'data/a': '1\n',
    'data/inner/b': '2\n',
  });
  expect(await statuses(project, { experiments: 'all' })).toEqual({ main: { a: 'ran' }, other: { a: 'ran' } });
  expect(project.read('artifacts/other/a/list.txt')).toBe('data/a\ndata/inner/b\ndata/a:1\ndata/inner/b:1\n');
  expect(project.read('artifacts/other/a/copy/inner/b')).toBe('2\n');
  expect(project.read('list.txt')).toBe(project.read('artifacts/other/a/list.txt'));
  expect(new Set(Object.values((await statuses(project, { experiments: 'all' })).other ?? {}))).toEqual(
    new Set(['cached']),
  );
});

test('an output that persists grows in each experiment by itself', async () => {
  const project = testProject({
    'pipeline.yaml': `
params: { k: 1 }
stages:
  a:
    cmd: mkdir -p log && echo \${k} $(cat in.txt) >> log/lines
    deps: [in.txt]
    outs: [log: { persist: true }]
experiments:
  other: { params.k: 2 }
`,
    'in.txt': 'x',
  });
  await run(project, { experiments: 'all' });
  project.write('in.txt', 'y');
  await run(project, { experiments: 'all' });
  expect(project.read('log/lines')).toBe('1 x\n1 y\n');
  expect(project.read('artifacts/other/a/log/lines')).toBe('2 x\n2 y\n');
});
