/** Stages that people write themselves, in TypeScript or JavaScript, as they meet them: no build step, typed, cached by item. */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { familyOf, killAll } from '../support/processes.ts';
import { ended, testProject, until } from '../support/project.ts';

const PLAIN_JS = `import fs from 'node:fs';
export default async function run({ params, inputs, outputs, note }) {
  fs.writeFileSync(outputs.output, (inputs.text ? fs.readFileSync(inputs.text, 'utf8') : '') + params.word);
  note('wrote ' + params.word);
}
`;

test('a JavaScript stage without a schema takes any params and has one output', () => {
  const project = testProject({
    'pipeline.yaml': `
stages:
  first: { uses: plain, with: { word: one } }
  second: { uses: plain, from: { text: first }, with: { word: two } }
  third: { cmd: 'cat \${from.text} > third.txt', from: { text: second }, outs: [third.txt] }
`,
    'stages/plain.js': PLAIN_JS,
  });
  const run = project.json(['run']);
  expect(run.code, run.stdout + run.stderr).toBe(0);
  expect(run.statuses).toEqual({ first: 'ran', second: 'ran', third: 'ran' });
  expect(project.read('third.txt')).toBe('onetwo');
  expect(run.events.find((event) => event.event === 'stage-finished' && event.stage === 'first')).toMatchObject({
    note: 'wrote one',
  });
  project.write('pipeline.yaml', project.read('pipeline.yaml').replace('word: two', 'word: zwei'));
  expect(project.json(['run']).statuses).toEqual({ first: 'cached', second: 'ran', third: 'ran' });
  expect(project.pipe(['why', 'second']).stdout).toContain('word: two -> zwei');
});

const TYPED = {
  'pipeline.yaml': 'stages:\n  make: { uses: typed, with: { size: 3 } }\n',
  'schemas/stages/typed.schema.json': JSON.stringify({
    type: 'object',
    additionalProperties: false,
    required: ['size'],
    properties: { size: { type: 'integer', minimum: 1 }, letter: { type: 'string', default: 'x' } },
    'x-outputs': { text: { kind: 'any' }, numbers: { kind: 'metrics' } },
  }),
  'stages/typed/index.ts': `import fs from 'node:fs';
import { type StageRun, StageError } from 'pipe-runner/sdk';
import { repeat } from './repeat.ts';

interface Params { size: number; letter: string }

const run: StageRun<Params> = async (context) => {
  const { size, letter } = context.params;
  if (size > 5) throw new StageError('size is ' + size + ', expected at most 5', { hint: 'with: { size: 5 }' });
  fs.writeFileSync(context.outputs.text as string, repeat(letter, size));
  fs.writeFileSync(context.outputs.numbers as string, JSON.stringify({ size }));
};
export default run;
`,
  'stages/typed/repeat.ts':
    'export function repeat(text: string, times: number): string {\n  return text.repeat(times);\n}\n',
};

test('a TypeScript stage with a schema gets checked params with defaults, and its outputs have names', () => {
  const project = testProject(TYPED);
  const run = project.json(['run']);
  expect(run.code, run.stdout + run.stderr).toBe(0);
  expect(project.read('artifacts/main/make/text')).toBe('xxx');
  expect(run.summary.metrics).toEqual({ make: { numbers: { size: 3 } } });
  project.write('pipeline.yaml', 'stages:\n  make: { uses: typed, with: { size: none } }\n');
  const wrong = project.pipe(['run']);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('E0212');
  expect(wrong.stderr).toContain('pipeline.yaml:2:');
  project.write('pipeline.yaml', 'stages:\n  make: { uses: typed, with: { size: 3, sise: 4 } }\n');
  expect(project.pipe(['run']).stderr).toContain('did you mean');
});

test('comments and layout of code change nothing; a change in an imported module reruns and names the file', () => {
  const project = testProject(TYPED);
  project.json(['run']);
  const code = TYPED['stages/typed/index.ts'];
  project.write('stages/typed/index.ts', `// Makes text.\n${code.replaceAll('  ', '\t')}\n\n`);
  expect(project.json(['run']).statuses).toEqual({ make: 'cached' });
  project.write('stages/typed/repeat.ts', TYPED['stages/typed/repeat.ts'].replace('times)', 'times + 1)'));
  const run = project.json(['run']);
  expect(run.statuses).toEqual({ make: 'ran' });
  expect(run.summary.stages.make?.reasons).toMatchObject([
    { kind: 'changed', fact: 'code', name: 'stages/typed/repeat.ts' },
  ]);
  expect(project.read('artifacts/main/make/text')).toBe('xxxx');
});

test("a stage's own refusal is shown with its hint, a bug in it with the place", () => {
  const project = testProject({ ...TYPED, 'pipeline.yaml': 'stages:\n  make: { uses: typed, with: { size: 9 } }\n' });
  const refused = project.pipe(['run']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('E0714');
  expect(refused.stderr).toContain('size is 9, expected at most 5');
  expect(refused.stderr).toContain('hint: with: { size: 5 }');
  expect(refused.stderr).not.toContain('node_modules');
  project.write('pipeline.yaml', TYPED['pipeline.yaml']);
  project.write(
    'stages/typed/repeat.ts',
    "export function repeat(): string {\n  throw new TypeError('no letters left');\n}\n",
  );
  const bug = project.json(['run']);
  expect(bug.code).toBe(1);
  expect(bug.events.find((event) => event.event === 'stage-finished')).toMatchObject({
    problem: { code: 'E0715', at: { file: 'stages/typed/repeat.ts', line: 2 } },
  });
});

test('a syntax error names file, line and column, before anything runs', () => {
  const project = testProject({ ...TYPED, 'stages/typed/repeat.ts': 'export function repeat( {\n  return 1;\n' });
  const run = project.json(['run']);
  expect(run.code).not.toBe(0);
  const [finished] = run.events.filter((event) => event.event === 'stage-finished');
  expect(finished).toMatchObject({ problem: { code: 'E0710', at: { file: 'stages/typed/repeat.ts' } } });
});

test('a stage that ends its process, makes nothing, or makes something else is told so', () => {
  const project = testProject({
    'pipeline.yaml': 'stages:\n  a: { uses: a }\n  b: { uses: b }\n  c: { uses: c }\n  d: { uses: d }\n',
    'stages/a.js': 'export default async () => process.exit(0);',
    'stages/b.js': 'export default async () => {};',
    'stages/c.js':
      "import fs from 'node:fs'; import path from 'node:path'; export default async ({ outputs }) => { fs.writeFileSync(outputs.output, 'x'); fs.writeFileSync(path.join(path.dirname(outputs.output), 'extra.txt'), 'y'); };",
    'stages/d.js': 'export const run = 1;',
  });
  const run = project.json(['run', '--keep-going']);
  expect(run.statuses).toEqual({ a: 'failed', b: 'failed', c: 'ran', d: 'failed' });
  const codes = run.events.flatMap((event) =>
    event.event === 'stage-finished' && event.problem !== undefined ? [[event.stage, event.problem.code]] : [],
  );
  expect(Object.fromEntries(codes)).toEqual({ a: 'E0716', b: 'E0780', d: 'E0713' });
  expect(run.events.filter((event) => event.event === 'problem')).toMatchObject([
    { problem: { code: 'E0684', severity: 'warning', path: 'extra.txt', stage: 'c' } },
  ]);
});

const ITEMS = `import fs from 'node:fs';
import path from 'node:path';
export default async function run({ params, inputs, outputs, items, progress }) {
  const names = fs.readdirSync(inputs.data).sort();
  fs.mkdirSync(outputs.output);
  let done = 0;
  for (const name of names) {
    const text = fs.readFileSync(path.join(inputs.data, name), 'utf8');
    await items.file({ text }, path.join(outputs.output, name), async () => {
      fs.appendFileSync(params.ledger, name + '\\n');
      if (params.slow) await new Promise((resolve) => setTimeout(resolve, 30));
      return Buffer.from(text.toUpperCase() + (process.env.SUFFIX ?? ''));
    });
    progress(++done, names.length, 'files');
  }
}
`;

function itemProject(count: number, slow = false) {
  const project = testProject({ 'stages/upper.js': ITEMS });
  project.write(
    'pipeline.yaml',
    JSON.stringify({
      stages: {
        data: { cmd: 'mkdir data; cp source/* data/', deps: ['source'], outs: ['data'] },
        upper: {
          uses: 'upper',
          from: { data: 'data' },
          env: ['SUFFIX'],
          with: { ledger: project.path('ledger'), slow },
        },
      },
    }),
  );
  for (let each = 0; each < count; each++) project.write(`source/${each}.txt`, `text ${each}\n`);
  return project;
}

test('one changed item of many is one item of work, and none after a revert', () => {
  const project = itemProject(50);
  const first = project.json(['run']);
  expect(first.code, first.stdout + first.stderr).toBe(0);
  expect(project.count('ledger')).toBe(50);
  expect(first.events.some((event) => event.event === 'stage-progress' && event.total === 50)).toBe(true);
  project.write('source/7.txt', 'other\n');
  expect(project.json(['run']).statuses).toEqual({ data: 'ran', upper: 'ran' });
  expect(project.count('ledger')).toBe(51);
  expect(project.read('artifacts/main/upper/output/7.txt')).toBe('OTHER\n');
  expect(project.read('artifacts/main/upper/output/8.txt')).toBe('TEXT 8\n');
  project.write('source/7.txt', 'text 7\n');
  expect(project.json(['run']).statuses).toEqual({ data: 'restored', upper: 'restored' });
  expect(project.count('ledger')).toBe(51);
});

test('items made under another value of a declared variable are not served', () => {
  const project = itemProject(5);
  project.json(['run'], { SUFFIX: '!' });
  expect(project.read('artifacts/main/upper/output/1.txt')).toBe('TEXT 1\n!');
  project.json(['run'], { SUFFIX: '?' });
  expect(project.read('artifacts/main/upper/output/1.txt')).toBe('TEXT 1\n?');
});

test('a damaged item is made again, and an item never gets permissions from a file that shares its bytes', () => {
  const project = itemProject(5);
  project.json(['run']);
  const items = fs
    .readdirSync(project.path('cache'), { recursive: true, encoding: 'utf8' })
    .map((each) => path.join(project.path('cache'), each))
    .filter((each) => fs.statSync(each).isFile() && /^TEXT [02-4]/.test(fs.readFileSync(each, 'latin1')));
  expect(items).toHaveLength(4);
  for (const each of items) {
    fs.chmodSync(each, 0o644);
    fs.writeFileSync(each, 'WRONG!\n');
    fs.chmodSync(each, 0o444);
  }
  fs.chmodSync(project.path('artifacts/main/upper/output/1.txt'), 0o755);
  project.write('source/0.txt', 'new\n');
  expect(project.json(['run']).code).toBe(0);
  expect(fs.statSync(project.path('artifacts/main/upper/output/1.txt')).mode & 0o111).toBe(0);
  for (let each = 1; each < 5; each++)
    expect(project.read(`artifacts/main/upper/output/${each}.txt`)).toBe(`TEXT ${each}\n`);
});

test('after a kill in the middle of its items a stage makes only those that are missing', async () => {
  const project = itemProject(40, true);
  const runner = project.start(['run']);
  const gone = ended(runner);
  await until('some items are made', () => project.count('ledger') >= 10);
  killAll(runner.pid === undefined ? [] : familyOf(runner.pid));
  await gone;
  const before = project.count('ledger');
  expect(before).toBeLessThan(40);
  const run = project.json(['run']);
  expect(run.code, run.stdout + run.stderr).toBe(0);
  // The one that was being made when the kill came is made twice.
  expect(project.count('ledger')).toBeLessThanOrEqual(41);
  expect(fs.readdirSync(project.path('artifacts/main/upper/output'))).toHaveLength(40);
});

test('results that only a worker decides stay when other code of the stage changes', () => {
  const project = testProject({
    'pipeline.yaml': 'stages:\n  a: { uses: parted }\n',
    'stages/parted/index.js': `import fs from 'node:fs';
import { Worker } from 'node:worker_threads';
const SCRIPT = new URL('./worker.js', import.meta.url);
export default async function run({ outputs, itemsFor }) {
  const bytes = await itemsFor('parts', SCRIPT).bytes('x', () => new Promise((resolve, reject) => {
    const worker = new Worker(SCRIPT);
    worker.once('message', resolve).once('error', reject);
  }));
  fs.writeFileSync(outputs.output, 'first: ' + Buffer.from(bytes).toString());
}
`,
    'stages/parted/worker.js': `import fs from 'node:fs';
import { parentPort } from 'node:worker_threads';
fs.appendFileSync('ledger.txt', 'worked\\n');
parentPort.postMessage(Buffer.from('one'));
`,
  });
  const edit = (name: string, from: string, to: string) => project.write(name, project.read(name).replace(from, to));
  expect(project.json(['run']).statuses).toEqual({ a: 'ran' });
  edit('stages/parted/index.js', 'first: ', 'second: ');
  expect(project.json(['run']).statuses).toEqual({ a: 'ran' });
  expect(project.read('artifacts/main/a/output')).toBe('second: one');
  expect(project.count('ledger.txt')).toBe(1);
  edit('stages/parted/worker.js', "'one'", "'two'");
  expect(project.json(['run']).statuses).toEqual({ a: 'ran' });
  expect(project.read('artifacts/main/a/output')).toBe('second: two');
  expect(project.count('ledger.txt')).toBe(2);
});

test('a refusal that names a param is shown at the line of that param', () => {
  const project = testProject({
    'pipeline.yaml':
      'stages:\n  a:\n    uses: picky\n    with:\n      size: { low: 3,\n        high: 1 }\n  b:\n    foreach: [x]\n    do: { uses: picky, with: { size: 2 } }\n',
    'stages/picky.js': `class StageError extends Error { name = 'StageError'; param = ['size', 'high']; }
export default async function run() { throw new StageError('\`size\` is empty'); }\n`,
  });
  const placeOf = (stage: string) => /pipeline\.yaml:\d+:\d+/.exec(project.pipe(['run', stage]).stderr)?.[0];
  expect(placeOf('a')).toBe('pipeline.yaml:6:9');
  expect(placeOf('b')).toBe('pipeline.yaml:9:32');
});
