/**
 * Promise 3: nothing wrong is served. Objects, records, caches and the memory of "nothing to do" are damaged or outdated in
 * every way; the next command must notice.
 */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runInProcess } from '../support/in-process.ts';
import { type TestProject, testProject } from '../support/project.ts';

const PIPELINE = `
stages:
  text: { cmd: 'cat in.txt > text.txt; echo text >> ran.log', deps: [in.txt], outs: [text.txt] }
  folder: { cmd: 'mkdir -p folder/sub; cp in.txt folder/sub/copy.txt; touch folder/empty; echo folder >> ran.log', deps: [in.txt], outs: [folder] }
  tool: { cmd: 'cp in.txt tool.sh; chmod +x tool.sh; echo tool >> ran.log', deps: [in.txt], outs: [tool.sh] }
  empty: { cmd: 'touch empty.txt; echo empty >> ran.log', deps: [in.txt], outs: [empty.txt] }
`;
const OUTPUTS = ['text.txt', 'folder', 'tool.sh', 'empty.txt'];

const filesBelow = (folder: string): string[] =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => path.join(each.parentPath, each.name));

/** Changes bytes in place, by way of whatever names the file has; size, mode and times stay. */
function damage(file: string, bytes: (old: Buffer) => Buffer): void {
  const stat = fs.statSync(file);
  const changed = bytes(fs.readFileSync(file));
  fs.chmodSync(file, 0o644);
  fs.writeFileSync(file, changed);
  fs.chmodSync(file, stat.mode);
  fs.utimesSync(file, stat.atime, stat.mtime);
}

const flipped = (old: Buffer) => Buffer.from(old.map((byte, index) => (index === 0 ? byte ^ 1 : byte)));

test('an object damaged with size and times kept is never served: not alone, in a folder, executable or empty', () => {
  const project = testProject({ 'pipeline.yaml': PIPELINE, 'in.txt': 'content\n' });
  expect(project.json(['run']).code).toBe(0);
  for (const removed of [true, false]) {
    for (const object of filesBelow(project.path('cache/objects'))) {
      damage(object, (old) => (old.length === 0 ? Buffer.from('x') : flipped(old)));
    }
    if (removed) for (const each of OUTPUTS) project.remove(each);
    expect(project.json(['run']).code).toBe(0);
    expect(project.read('text.txt')).toBe('content\n');
    expect(project.read('folder/sub/copy.txt')).toBe('content\n');
    expect(project.read('folder/empty')).toBe('');
    expect(project.read('tool.sh')).toBe('content\n');
    expect(fs.statSync(project.path('tool.sh')).mode & 0o111).not.toBe(0);
    expect(project.read('empty.txt')).toBe('');
    expect(project.pipe(['status']).code).toBe(0);
  }
});

test("an action record that is truncated, garbage, or another key's is no record", () => {
  const project = testProject({ 'pipeline.yaml': PIPELINE, 'in.txt': 'one\n' });
  project.json(['run']);
  project.write('in.txt', 'two\n');
  project.json(['run']);
  const records = filesBelow(project.path('cache/actions')).sort();
  const [first, second] = [records[0] as string, records[1] as string];
  for (const spoil of [
    () => fs.truncateSync(first, 100),
    () => fs.writeFileSync(first, ''),
    () => fs.writeFileSync(first, '{"version":1}'),
    () => fs.copyFileSync(second, first),
    () =>
      fs.writeFileSync(
        first,
        fs.readFileSync(second, 'utf8').replaceAll(path.basename(second, '.json'), path.basename(first, '.json')),
      ),
  ]) {
    fs.chmodSync(first, 0o644);
    spoil();
    for (const text of ['one\n', 'two\n']) {
      project.write('in.txt', text);
      expect(project.json(['run']).code).toBe(0);
      expect(project.read('text.txt')).toBe(text);
      expect(project.read('tool.sh')).toBe(text);
      expect(project.read('empty.txt')).toBe('');
    }
  }
});

test('a state folder full of garbage costs time and nothing else', () => {
  const project = testProject({ 'pipeline.yaml': PIPELINE, 'in.txt': 'one\n' });
  for (let again = 0; again < 3; again++) project.json(['run']);
  for (const garbage of ['', 'garbage', '{}', '\0'.repeat(1000), null]) {
    for (const file of filesBelow(project.path('cache/state'))) {
      const bytes = fs.readFileSync(file);
      fs.writeFileSync(file, garbage ?? bytes.subarray(0, bytes.length >> 1));
    }
    project.write('in.txt', `after ${garbage}\n`);
    const run = project.json(['run']);
    expect(run.code, run.stdout + run.stderr).toBe(0);
    expect(project.read('text.txt')).toBe(`after ${garbage}\n`);
    project.json(['run']);
  }
});

const STAGE = `import type { StageRun } from 'pipe-runner/sdk';
import fs from 'node:fs';
import { word } from './lib/word.ts';
import helper from 'helper';
const run: StageRun = async (context) => { fs.writeFileSync(context.outputs.output as string, word + helper); };
export default run;
`;

/** A project in which everything that can count does. */
function everything(): TestProject {
  return testProject({
    'pipeline.yaml': `
params: [params.yaml, local.yaml]
stages:
  cmd: { cmd: 'cat in.txt data/*.txt > out.txt; echo \${size} $MODE >> out.txt', deps: [in.txt, data], params: [size], env: [MODE], outs: [out.txt] }
  code: { uses: mine }
`,
    'params.yaml': 'size: 1\n',
    'local.yaml': '{}\n',
    'in.txt': 'in\n',
    'data/a.txt': 'a\n',
    'data/.pipeignore': '*.tmp\n',
    'stages/mine.ts': STAGE,
    'stages/lib/word.ts': "export const word = 'word';\n",
    'node_modules/helper/package.json': '{"name":"helper","version":"1.0.0","main":"index.js"}',
    'node_modules/helper/index.js': "module.exports = ' one';\n",
  });
}

function inPlace(project: TestProject, name: string, text: string): void {
  const stat = fs.statSync(project.path(name));
  fs.chmodSync(project.path(name), 0o644);
  fs.writeFileSync(project.path(name), text);
  fs.chmodSync(project.path(name), stat.mode);
  fs.utimesSync(project.path(name), stat.atime, stat.mtime);
}

/** What can change after "nothing to do", and what the next run must do then. Each starts where the one before ended. */
const CHANGES: readonly [
  name: string,
  change: (project: TestProject) => void,
  expected: Readonly<Record<string, string>>,
][] = [
  ['an input edited', (p) => p.write('in.txt', 'longer\n'), { cmd: 'ran', code: 'cached' }],
  [
    'an input edited to the same size and times',
    (p) => inPlace(p, 'in.txt', 'shorte\n'),
    { cmd: 'ran', code: 'cached' },
  ],
  [
    'a file of an input folder edited to the same size and times',
    (p) => inPlace(p, 'data/a.txt', 'A\n'),
    { cmd: 'ran', code: 'cached' },
  ],
  ['a file added to an input folder', (p) => p.write('data/b.txt', 'b\n'), { cmd: 'ran', code: 'cached' }],
  ['a file removed from an input folder', (p) => p.remove('data/b.txt'), { cmd: 'restored', code: 'cached' }],
  ['an empty folder added to an input folder', (p) => fs.mkdirSync(p.path('data/new')), { cmd: 'ran', code: 'cached' }],
  [
    'a file of an input folder made executable',
    (p) => fs.chmodSync(p.path('data/a.txt'), 0o755),
    { cmd: 'ran', code: 'cached' },
  ],
  [
    'a file renamed in an input folder',
    (p) => fs.renameSync(p.path('data/a.txt'), p.path('data/c.txt')),
    { cmd: 'ran', code: 'cached' },
  ],
  ['an ignored file added', (p) => p.write('data/x.tmp', 'x'), { cmd: 'cached', code: 'cached' }],
  ['ignored no longer', (p) => p.write('data/.pipeignore', '*.other\n'), { cmd: 'ran', code: 'cached' }],
  ['rules for ignoring added at the top', (p) => p.write('.pipeignore', '*.tmp\n'), { cmd: 'ran', code: 'cached' }],
  ['rules for ignoring removed', (p) => p.remove('.pipeignore'), { cmd: 'cached', code: 'cached' }],
  [
    'an output edited in place',
    (p) => inPlace(p, 'out.txt', p.read('out.txt').toUpperCase()),
    { cmd: 'ran', code: 'cached' },
  ],
  ['an output removed', (p) => p.remove('out.txt'), { cmd: 'restored', code: 'cached' }],
  ['an output of a stage removed', (p) => p.remove('artifacts'), { cmd: 'cached', code: 'restored' }],
  ['an output made writable', (p) => fs.chmodSync(p.path('out.txt'), 0o755), { cmd: 'restored', code: 'cached' }],
  ['a param changed', (p) => p.write('params.yaml', 'size: 2\n'), { cmd: 'ran', code: 'cached' }],
  [
    'the code of a stage changed',
    (p) => p.write('stages/mine.ts', STAGE.replace('word + helper', 'helper + word')),
    { cmd: 'cached', code: 'ran' },
  ],
  [
    'a comment added to the code',
    (p) => p.write('stages/mine.ts', `// why\n${p.read('stages/mine.ts')}`),
    { cmd: 'cached', code: 'cached' },
  ],
  [
    'an imported module changed',
    (p) => p.write('stages/lib/word.ts', "export const word = 'other';\n"),
    { cmd: 'cached', code: 'ran' },
  ],
  [
    'a second entry of a less preferred kind added',
    (p) =>
      p.write(
        'stages/mine.js',
        'import fs from "node:fs"; export default async (c) => fs.writeFileSync(c.outputs.output, "js");',
      ),
    { cmd: 'cached', code: 'cached' },
  ],
  [
    'a package updated',
    (p) => p.write('node_modules/helper/package.json', '{"name":"helper","version":"1.1.0","main":"index.js"}'),
    { cmd: 'cached', code: 'ran' },
  ],
  ['pipeline.lock removed', (p) => p.remove('pipeline.lock'), { cmd: 'cached', code: 'cached' }],
  [
    'the pipeline changed',
    (p) => p.write('pipeline.yaml', p.read('pipeline.yaml').replace('in.txt data', 'data')),
    { cmd: 'ran', code: 'cached' },
  ],
];

test('whatever changes after "nothing to do" is noticed by the very next run', () => {
  const project = everything();
  const env = { MODE: 'fast' };
  const memory = project.path('cache/state/fresh');
  project.json(['run'], env);
  for (const [name, change, expected] of CHANGES) {
    project.remove('cache/state/fresh');
    for (let again = 0; again < 5 && !fs.existsSync(memory); again++)
      expect(project.pipe(['run'], env).code, name).toBe(0);
    expect(fs.existsSync(memory), `"nothing to do" is remembered before: ${name}`).toBe(true);
    change(project);
    expect(project.json(['run'], env).statuses, name).toEqual(expected);
  }
});

test('`status` notices an edit and another environment after "nothing to do", too', () => {
  const project = everything();
  const env = { MODE: 'fast' };
  project.json(['run'], env);
  for (let again = 0; again < 3; again++) expect(project.pipe(['status'], env).code).toBe(0);
  expect(project.json(['status'], { MODE: 'slow' }).statuses).toEqual({ cmd: 'stale', code: 'fresh' });
  expect(project.json(['status']).statuses).toEqual({ cmd: 'stale', code: 'fresh' });
  inPlace(project, 'in.txt', 'IN\n');
  expect(project.json(['status'], env).statuses).toEqual({ cmd: 'stale', code: 'fresh' });
});

test('an input edited right after a run is never missed, however soon', async () => {
  const project = testProject({
    'pipeline.yaml': 'stages:\n  a: { cmd: cp in.txt out.txt, deps: [in.txt], outs: [out.txt] }\n',
  });
  for (let round = 0; round < 50; round++) {
    project.write('in.txt', String(1000 + round));
    await runInProcess(project.root);
    expect(project.read('out.txt')).toBe(String(1000 + round));
  }
  for (let round = 0; round < 150; round++) {
    project.write('in.txt', String(1000 + (round % 2)));
    await runInProcess(project.root);
    expect(project.read('out.txt')).toBe(String(1000 + (round % 2)));
  }
});
