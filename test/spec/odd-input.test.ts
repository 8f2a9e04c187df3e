/** Odd names, hostile files and impossible paths: a clear error or the right result, never a crash and never harm outside. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type TestProject, testProject } from '../support/project.ts';

const stages = (all: object, rest: object = {}) => JSON.stringify({ ...rest, stages: all });

/** The codes of the problems that a command refuses to work with. */
function refusals(project: TestProject, args: readonly string[] = ['run']): string[] {
  const run = project.json(args);
  expect(run.code).toBe(2);
  expect(run.summary).toMatchObject({ status: 'failed', stages: {} });
  return run.events.flatMap((event) => (event.event === 'problem' ? [event.problem.code] : []));
}

function outsideFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-outside-'));
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }));
  fs.writeFileSync(path.join(folder, 'file'), 'outside\n');
  return folder;
}

const OUT_OF_PLACE: readonly [code: string, stage: object][] = [
  ['E0401', { outs: ['/tmp/evil'] }],
  ['E0401', { deps: ['/etc/passwd'] }],
  ['E0401', { outs: ['C:\\evil'] }],
  ['E0402', { outs: ['../evil'] }],
  ['E0402', { outs: ['a/../../evil'] }],
  ['E0402', { deps: ['a/../..'] }],
  ['E0402', { wdir: '..' }],
  ['E0403', { outs: [''] }],
  ['E0403', { outs: ['a\0b'] }],
  ['E0404', { deps: ['s3://bucket/key'] }],
  ['E0405', { outs: ['o', 'o/x'] }],
  ['E0405', { outs: ['o', './o/'] }],
  ['E0406', { deps: ['o'], outs: ['o'] }],
  ['E0406', { deps: ['p/x'], outs: ['p'] }],
  ['E0406', { deps: ['.'], outs: ['q'] }],
  ['E0407', { outs: ['.'] }],
  ['E0407', { outs: ['cache'] }],
  ['E0407', { outs: ['cache/objects'] }],
  ['E0407', { outs: ['artifacts/main/x'] }],
  ['E0407', { outs: ['.git/hooks'] }],
  ['E0407', { outs: ['pipeline.yaml'] }],
  ['E0407', { outs: ['pipeline.lock'] }],
  ['E0407', { outs: ['params.yaml'] }],
  ['E0407', { outs: ['__proto__'] }],
];

test('every path that is out of place is refused by its code before anything runs', () => {
  const all = Object.fromEntries(OUT_OF_PLACE.map(([, stage], index) => [`s${index}`, { cmd: 'touch ran', ...stage }]));
  for (const code of new Set(OUT_OF_PLACE.map(([each]) => each))) {
    const those = Object.entries(all).filter((_, index) => OUT_OF_PLACE[index]?.[0] === code);
    const project = testProject({ 'params.yaml': 'a: 1\n', 'pipeline.yaml': stages(Object.fromEntries(those)) });
    const found = refusals(project);
    expect(found.filter((each) => each === code).length, code).toBeGreaterThanOrEqual(those.length);
    expect(project.exists('ran')).toBe(false);
  }
});

test('stages in a circle are refused, and the circle is named', () => {
  const project = testProject({
    'pipeline.yaml': stages({ a: { cmd: 'x', deps: ['c'], outs: ['a'] }, b: { cmd: 'x', deps: ['a'], outs: ['c'] } }),
  });
  expect(refusals(project)).toEqual(['E0410']);
});

test('an output below a link is refused, and what lies behind the link stays as it is', () => {
  const outside = outsideFolder();
  const project = testProject({ 'pipeline.yaml': stages({ a: { cmd: 'echo mine > d/file', outs: ['d/file'] } }) });
  fs.symlinkSync(outside, project.path('d'));
  for (const args of [['run'], ['run', '--force'], ['status'], ['run', '--dry']])
    expect(refusals(project, args)).toEqual(['E0408']);
  expect(fs.readdirSync(outside)).toEqual(['file']);
  expect(fs.readFileSync(path.join(outside, 'file'), 'utf8')).toBe('outside\n');
  project.remove('d');
  fs.mkdirSync(project.path('e'));
  fs.symlinkSync('e', project.path('d'));
  expect(refusals(project)).toEqual(['E0408']);
});

const LINKS: readonly [code: string, name: string, make: (project: TestProject, outside: string) => void][] = [
  ['E0513', 'a file outside', (p, outside) => fs.symlinkSync(`${outside}/file`, p.path('in'))],
  ['E0513', 'a folder outside', (p, outside) => fs.symlinkSync(outside, p.path('in'))],
  [
    'E0513',
    'inside a folder, out of the project',
    (p, outside) => p.write('in/x', '') ?? fs.symlinkSync(outside, p.path('in/l')),
  ],
  ['E0512', 'nothing', (p) => fs.symlinkSync('nothing', p.path('in'))],
  ['E0514', 'itself', (p) => fs.symlinkSync('in', p.path('in'))],
];

for (const [code, name, make] of LINKS) {
  test(`an input that is a link to ${name} is refused`, () => {
    const outside = outsideFolder();
    const project = testProject({ 'pipeline.yaml': stages({ a: { cmd: 'touch ran', deps: ['in'], outs: ['o'] } }) });
    make(project, outside);
    const run = project.json(['run']);
    expect(run.statuses).toEqual({ a: 'failed' });
    expect(run.events.find((event) => event.event === 'stage-finished')).toMatchObject({ problem: { code } });
    expect(project.exists('ran')).toBe(false);
  });
}

test('a link to content of the project counts by the content', () => {
  const project = testProject({
    'pipeline.yaml': stages({ a: { cmd: 'cat in/l > o', deps: ['in'], outs: ['o'] } }),
    'in/x': '',
    data: '1',
  });
  fs.symlinkSync('../data', project.path('in/l'));
  expect(project.json(['run']).statuses).toEqual({ a: 'ran' });
  project.write('data', '2');
  expect(project.json(['run']).statuses).toEqual({ a: 'ran' });
  expect(project.read('o')).toBe('2');
});

const BAD_OUTPUTS: readonly [code: string, cmd: string][] = [
  ['E0603', 'ln -s /etc/passwd o'],
  ['E0603', 'mkdir o; ln -s ../in o/l'],
  ['E0603', 'mkdir o; ln -s /etc/passwd o/l'],
  ['E0515', 'mkdir o; mkfifo o/x'],
  ['E0515', 'mkfifo o'],
];

test('a stage that leaves links out of its output, or what is no file, fails, and nothing of it stays', () => {
  const project = testProject({
    'pipeline.yaml': stages(
      Object.fromEntries(
        BAD_OUTPUTS.map(([, cmd], index) => [
          `s${index}`,
          { cmd: `mkdir -p d${index}; cd d${index}; ${cmd}`, outs: [`d${index}/o`] },
        ]),
      ),
    ),
  });
  const run = project.json(['run', '--keep-going']);
  const codes = run.events.flatMap((event) =>
    event.event === 'stage-finished' ? [[event.stage, event.problem?.code]] : [],
  );
  expect(Object.fromEntries(codes)).toEqual(
    Object.fromEntries(BAD_OUTPUTS.map(([code], index) => [`s${index}`, code])),
  );
  for (const index of BAD_OUTPUTS.keys())
    expect(fs.lstatSync(project.path(`d${index}/o`), { throwIfNoEntry: false })).toBeUndefined();
});

const NAMES = [
  'a b',
  "a'b",
  'a"b',
  'a\nb',
  '-a',
  '--json',
  '$(touch pwned)',
  '`x`',
  'a\\b',
  '*',
  '[a]',
  ' lead ',
  '~',
  '#x',
  'a:b',
  '!x',
  '%41',
  '\u202ex',
  'é',
  'e\u0301',
  '😀',
  'constructor',
  '{a,b}',
  'ü'.repeat(120),
];

test('files of any name are read, stored, restored and compared by content', () => {
  const quoted = (name: string) => `'${name.replaceAll("'", "'\\''")}'`;
  const project = testProject();
  for (const name of NAMES) project.write(`in/${name}`, name);
  project.write(
    'pipeline.yaml',
    stages({
      ...Object.fromEntries(
        NAMES.map((name, index) => [
          `s${index}`,
          {
            cmd: `mkdir -p out; cp in/${quoted(name)} out/${quoted(name)}`,
            deps: [`in/${name}`],
            outs: [`out/${name}`],
          },
        ]),
      ),
      all: { cmd: 'cp -r in all', deps: ['in'], outs: ['all'] },
    }),
  );
  const each = (status: string) =>
    Object.fromEntries([...NAMES.map((_, index) => [`s${index}`, status]), ['all', status]]);
  expect(project.json(['run']).statuses).toEqual(each('ran'));
  expect(project.json(['run']).statuses).toEqual(each('cached'));
  project.remove('out');
  project.remove('all');
  expect(project.json(['run']).statuses).toEqual(each('restored'));
  for (const name of NAMES) {
    expect(project.read(`out/${name}`)).toBe(name);
    expect(project.read(`all/${name}`)).toBe(name);
  }
  expect(project.exists('pwned')).toBe(false);
  project.write('in/e\u0301', 'decomposed');
  const { statuses } = project.json(['status']);
  expect(Object.keys(statuses).filter((name) => statuses[name] !== 'fresh')).toEqual([
    `s${NAMES.indexOf('e\u0301')}`,
    'all',
  ]);
});

test('stages of any name run and can be asked for; what is shown of them can be pasted into a shell', () => {
  const names = ['a b', "a'b", '$(touch pwned)', 'é', 'a@b', '*', '😀', 'constructor'];
  const project = testProject({
    'pipeline.yaml': stages(
      Object.fromEntries(names.map((name, index) => [name, { cmd: `echo ${index} > o${index}`, outs: [`o${index}`] }])),
    ),
  });
  expect(project.json(['run']).statuses).toEqual(Object.fromEntries(names.map((name) => [name, 'ran'])));
  for (const name of names) expect(project.json(['status', name]).statuses).toEqual({ [name]: 'fresh' });
  const one = testProject({ 'pipeline.yaml': stages({ '$(touch pwned)': { cmd: 'echo x > o', outs: ['o'] } }) });
  expect(one.pipe(['run']).stderr).toContain("pipe why '$(touch pwned)'");
});

test('stage names that could not be shown or typed are refused', () => {
  for (const name of ['', '.', '..', 'a\nb', 'a\0b', 'a'.repeat(300)])
    expect(
      refusals(testProject({ 'pipeline.yaml': stages({ [name]: { cmd: 'true', outs: ['o'] } }) })),
      name,
    ).toContain('E0206');
});

function laughs(levels: number): string {
  const lines = [`a0: &a0 [${Array(10).fill('lol')}]`];
  for (let level = 1; level < levels; level++)
    lines.push(`a${level}: &a${level} [${Array(10).fill(`*a${level - 1}`)}]`);
  return lines.join('\n');
}

const STAGE = stages({ a: { cmd: 'echo x > o', outs: ['o'] } });

const HOSTILE: readonly [name: string, code: string, files: () => Record<string, string>][] = [
  ['a billion laughs', 'E0107', () => ({ 'pipeline.yaml': `${laughs(10)}\nstages: {}\n` })],
  [
    'a million aliases',
    'E0107',
    () => ({ 'pipeline.yaml': STAGE, 'params.yaml': `x: &x 1\nl: [${'*x,'.repeat(1_000_000)}]\n` }),
  ],
  ['a file of 100 MB', 'E0103', () => ({ 'pipeline.yaml': `${STAGE}\n#${'x'.repeat(100_000_000)}` })],
  ['params of 100 MB', 'E0103', () => ({ 'pipeline.yaml': STAGE, 'params.yaml': `x: ${'x'.repeat(100_000_000)}` })],
  [
    'deep nesting in YAML',
    'E0108',
    () => ({ 'pipeline.yaml': STAGE, 'params.yaml': `x: ${'['.repeat(5000)}${']'.repeat(5000)}` }),
  ],
  [
    'deep nesting in JSON',
    'E0104',
    () => ({ 'pipeline.yaml': stages({}, { params: ['p.json'] }), 'p.json': '['.repeat(100_000) }),
  ],
  ['a tag that builds objects', 'E0106', () => ({ 'pipeline.yaml': 'stages: { a: { cmd: !!js/function "x" } }' })],
  ['a key that is a prototype', 'E0109', () => ({ 'pipeline.yaml': 'stages: { __proto__: { cmd: "true" } }' })],
  ['two documents', 'E0104', () => ({ 'pipeline.yaml': `${STAGE}\n---\n${STAGE}\n` })],
];

for (const [name, code, files] of HOSTILE) {
  test(`${name}: refused with ${code}, in bounded memory`, () => {
    const project = testProject(files());
    // 200 MB of heap is far above what starting takes, and far below what any of these would grow to.
    const run = project.pipe(['run', '--json'], { NODE_OPTIONS: '--max-old-space-size=200' });
    expect(run.code, run.stderr.slice(0, 2000)).toBe(2);
    expect(run.stdout).toContain(code);
    expect(project.exists('o')).toBe(false);
  });
}

test('params of 10,000 characters arrive whole and are shown short', () => {
  const long = 'x'.repeat(10_000);
  const project = testProject({
    'pipeline.yaml': 'stages:\n  a: { cmd: \'printf %s "${long}" > o\', outs: [o] }\n',
    'params.yaml': `long: ${long}\n`,
  });
  expect(project.pipe(['run']).code).toBe(0);
  expect(project.read('o')).toBe(long);
  project.write('params.yaml', `long: ${long}y\n`);
  for (const line of project.pipe(['status']).stdout.split('\n')) expect(line.length).toBeLessThan(200);
  expect(project.pipe(['run']).code).toBe(0);
  expect(project.read('o')).toBe(`${long}y`);
});

test('values given with --set are read as YAML, and odd ones are values or clear errors', () => {
  const project = testProject({
    'pipeline.yaml': 'params: { v: 1, deep: { w: 2 } }\nstages:\n  a: { cmd: "printf %s \'${v}\' > o", outs: [o] }\n',
  });
  const made = (setting: string) => {
    const run = project.pipe(['run', '--set', setting]);
    expect(run.code, setting + run.stderr).toBe(0);
    return project.read('o');
  };
  expect(made('params.v=2')).toBe('2');
  expect(made('params.v=')).toBe(made('params.v=null'));
  expect(made('params.v="a=b"')).toBe('a=b');
  expect(made('params.v=$(touch pwned)')).toBe('$(touch pwned)');
  expect(project.exists('pwned')).toBe(false);
  expect(made('params.v=-1e3')).toBe('-1000');
  for (const setting of [
    'params.v=[1',
    'params.v',
    '=1',
    'v=1',
    'params.none=1',
    'params.deep.x=1',
    'params.v=&a *a',
    '__proto__.x=1',
    'params.v=!!js/function x',
  ]) {
    const run = project.json(['run', '--set', setting]);
    expect(run.code, setting).toBe(2);
    expect(run.events[0], setting).toMatchObject({ event: 'problem' });
  }
});

test('empty files and pipelines: nothing to do, or what is missing', () => {
  expect(refusals(testProject())).toEqual(['E0101']);
  expect(refusals(testProject({ 'pipeline.yaml': '' }))).toEqual(['E0203']);
  expect(refusals(testProject({ 'pipeline.yaml': '- 1\n' }))).toEqual(['E0201']);
  expect(refusals(testProject({ 'pipeline.yaml/file': '' }))).toEqual(['E0102']);
  const empty = testProject({ 'pipeline.yaml': 'stages: {}\n' });
  for (let again = 0; again < 2; again++) expect(empty.pipe(['run']).code).toBe(0);
  expect(empty.pipe(['status']).code).toBe(0);
});

test('a stage without outputs runs every time, and what depends on nothing of it does not', () => {
  const project = testProject({
    'pipeline.yaml': stages({ say: { cmd: 'echo hello' }, make: { cmd: 'echo x > o', outs: ['o'] } }),
  });
  for (const make of ['ran', 'cached', 'cached']) expect(project.json(['run']).statuses).toEqual({ say: 'ran', make });
});

test('a chain of 3,000 stages is planned, shown and told in one go', () => {
  const count = 3000;
  const chain = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `s${index}`,
      { cmd: `touch o${index}`, deps: index === 0 ? [] : [`o${index - 1}`], outs: [`o${index}`] },
    ]),
  );
  const project = testProject({ 'pipeline.yaml': stages(chain) });
  const status = project.json(['status']);
  expect(status.code).toBe(3);
  expect(Object.keys(status.statuses)).toHaveLength(count);
  expect(status.statuses).toMatchObject({ s0: 'stale', s1: 'unknown', [`s${count - 1}`]: 'unknown' });
  expect(project.json(['run', 's3']).statuses).toEqual({ s0: 'ran', s1: 'ran', s2: 'ran', s3: 'ran' });
});

test('rules for ignoring speak of inputs: an output is kept whole', () => {
  const project = testProject({
    '.pipeignore': '*.tmp\n',
    'pipeline.yaml': stages({
      a: { cmd: 'mkdir d; echo 1 > d/x; echo 2 > d/y.tmp', outs: ['d'] },
      b: { cmd: 'ls d in > b', deps: ['d', 'in'], outs: ['b'] },
    }),
    'in/x.tmp': '1',
  });
  expect(project.json(['run']).statuses).toEqual({ a: 'ran', b: 'ran' });
  project.write('in/x.tmp', '2');
  expect(project.json(['run']).statuses).toEqual({ a: 'cached', b: 'cached' });
  project.remove('d');
  expect(project.json(['run']).statuses).toEqual({ a: 'restored', b: 'cached' });
  expect(project.read('d/y.tmp')).toBe('2\n');
});
