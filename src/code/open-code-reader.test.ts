import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Problem } from '../base/problem.ts';
import type { StageCode } from './code-reader.ts';
import { openCodeReader } from './open-code-reader.ts';

let base: string;
let root: string;
let packageRoot: string;

beforeEach(() => {
  base = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'code-')));
  root = path.join(base, 'project');
  packageRoot = path.join(base, 'package');
  write('package.json', '{"type":"module"}');
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

function write(name: string, text: string, folder = root): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function open() {
  return openCodeReader({ root, packageRoot, stateFolder: path.join(root, 'cache/state') });
}

async function read(entry = 'stages/a/index.ts', folder = root): Promise<StageCode> {
  const result = await open().read(path.join(folder, entry));
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

async function readProblem(entry = 'stages/a/index.ts'): Promise<Problem> {
  const result = await open().read(path.join(root, entry));
  if (result.ok) throw new Error('expected a problem');
  return result.failure;
}

/** Runs the bundle's default export in a process of its own and gives what it returns. */
function call(code: StageCode): unknown {
  const script = `import(${JSON.stringify(pathToFileURL(code.bundle).href)})
    .then((stage) => stage.default()).then((value) => process.stdout.write(JSON.stringify(value)))`;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
}

test('a change of comments, layout or types leaves the digests as they were', async () => {
  write('stages/a/index.ts', 'export default async (x: number) => { return x + 1; };\n');
  const before = await read();
  write('stages/a/index.ts', '// why\nexport default async (  x: string | number )=>\n{ /* sum */ return x+1 }\n');
  expect((await read()).modules).toEqual(before.modules);
});

test('a renamed local variable changes the digest', async () => {
  write('stages/a/index.ts', 'export default async () => { const a = 1; return a; };');
  const before = await read();
  write('stages/a/index.ts', 'export default async () => { const b = 1; return b; };');
  expect((await read()).modules).not.toEqual(before.modules);
});

test('a changed helper, imported at once or later or by require, changes its own digest alone', async () => {
  write(
    'stages/a/index.ts',
    "import x from './x.ts'; export default async () => [x, (await import('./y.ts')).default, require('../z.cjs')];",
  );
  write('stages/a/x.ts', 'export default 1;');
  write('stages/a/y.ts', 'export default 2;');
  write('stages/z.cjs', 'module.exports = 3;');
  const before = await read();
  expect(Object.keys(before.modules)).toEqual(['stages/a/index.ts', 'stages/a/x.ts', 'stages/a/y.ts', 'stages/z.cjs']);
  expect(call(before)).toEqual([1, 2, 3]);
  for (const [name, text] of [
    ['stages/a/x.ts', 'export default 10;'],
    ['stages/a/y.ts', 'export default 20;'],
    ['stages/z.cjs', 'module.exports = 30;'],
  ] as const) {
    const old = await read();
    write(name, text);
    const now = await read();
    expect(Object.keys(now.modules).filter((each) => now.modules[each] !== old.modules[each])).toEqual([name]);
  }
  expect(call(await read())).toEqual([10, 20, 30]);
});

test('modules that give types only do not count', async () => {
  write('stages/a/index.ts', "import type { T } from './t.ts'; export default async (): Promise<T> => 1;");
  write('stages/a/t.ts', 'export type T = number;');
  expect(Object.keys((await read()).modules)).toEqual(['stages/a/index.ts']);
});

test('imported JSON counts by its values', async () => {
  write('stages/a/index.ts', "import v from './v.json'; export default async () => v.a;");
  write('stages/a/v.json', '{"a":1}');
  const before = await read();
  write('stages/a/v.json', '{\n  "a": 1\n}\n');
  expect((await read()).modules).toEqual(before.modules);
  write('stages/a/v.json', '{"a":2}');
  const after = await read();
  expect(after.modules).not.toEqual(before.modules);
  expect(call(after)).toBe(2);
});

function install(name: string, version: string, more: object = {}, folder = root): void {
  const file = { name, version, main: 'index.cjs', ...more };
  write(`node_modules/${name}/package.json`, JSON.stringify(file), folder);
  write(`node_modules/${name}/index.cjs`, `module.exports = '${name}@${version}';`, folder);
}

test('packages count by version, through the packages they depend on', async () => {
  write('stages/a/index.ts', "import p from '@s/p'; export default async () => p;");
  install('@s/p', '1.0.0', {
    dependencies: { q: '*' },
    optionalDependencies: { native: '*', absent: '*' },
    peerDependencies: { peer: '*', maybe: '*' },
    peerDependenciesMeta: { maybe: { optional: true } },
  });
  install('q', '2.0.0', { dependencies: { '@s/p': '*', '@types/q': '*' } });
  install('@types/q', '9.0.0');
  install('native', '3.0.0', { os: ['linux'], cpu: ['x64'] });
  install('peer', '4.0.0');
  install('maybe', '5.0.0');
  install('unused', '6.0.0');
  const before = await read();
  expect(before.packages).toEqual({ '@s/p': '1.0.0', q: '2.0.0', peer: '4.0.0' });
  expect(call(before)).toBe('@s/p@1.0.0');
  install('q', '2.0.1');
  const after = await read();
  expect(after.packages).toEqual({ '@s/p': '1.0.0', q: '2.0.1', peer: '4.0.0' });
  expect(after.modules).toEqual(before.modules);
});

test('a built-in stage finds the packages of its own installation and is named from there', async () => {
  write(
    'stages/b/index.ts',
    "import p from 'p'; import { n } from '../../src/n.ts'; export default async () => [p, n];",
    packageRoot,
  );
  write('src/n.ts', 'export const n = 5;', packageRoot);
  install('p', '1.2.3', {}, packageRoot);
  const code = await read('stages/b/index.ts', packageRoot);
  expect(Object.keys(code.modules)).toEqual(['pipe:src/n.ts', 'pipe:stages/b/index.ts']);
  expect(code.bundle.startsWith(path.join(root, 'cache/state/code/'))).toBe(true);
  expect(call(code)).toEqual(['p@1.2.3', 5]);
});

test('a copy of the project at another path has the same digests', async () => {
  write('stages/a/index.ts', "import p from 'p'; export default async () => p;");
  install('p', '1.0.0');
  const first = root;
  root = path.join(base, 'deeper/copy');
  cpSync(first, root, { recursive: true });
  const copy = await read();
  root = first;
  const original = await read();
  expect([copy.modules, copy.packages]).toEqual([original.modules, original.packages]);
});

test('a file named by `new URL` is found in its place and counts by its bytes', async () => {
  const use =
    "import { readFileSync } from 'node:fs'; export default async () => readFileSync(new URL('./table.csv', import.meta.url), 'utf8');";
  write('stages/a/index.ts', use);
  write('stages/a/table.csv', '1,2');
  const before = await read();
  expect(Object.keys(before.modules)).toEqual(['stages/a/index.ts', 'stages/a/table.csv']);
  expect(call(before)).toBe('1,2');
  write('stages/a/table.csv', '1,3');
  expect((await read()).modules['stages/a/table.csv']).not.toBe(before.modules['stages/a/table.csv']);
});

test('a named file that does not exist, and a folder, are left alone until they are there', async () => {
  write(
    'stages/a/index.ts',
    "export default async () => [new URL('./later.bin', import.meta.url), new URL('./', import.meta.url)].map(String);",
  );
  const before = await read();
  expect(call(before)).toEqual(
    ['later.bin', ''].map((name) => pathToFileURL(path.join(root, 'stages/a/')).href + name),
  );
  write('stages/a/later.bin', 'x');
  expect(Object.keys((await read()).modules)).toEqual(['stages/a/index.ts', 'stages/a/later.bin']);
});

test('a worker in TypeScript runs, and what it imports counts', async () => {
  write(
    'stages/a/index.ts',
    `import { Worker } from 'node:worker_threads';
     export default () => new Promise((resolve) => {
       new Worker(new URL('./worker.ts', import.meta.url)).once('message', resolve);
     });`,
  );
  write(
    'stages/a/worker.ts',
    "import { parentPort } from 'node:worker_threads'; import n from './n.ts'; parentPort?.postMessage(n as number);",
  );
  write('stages/a/n.ts', 'export default 7;');
  const before = await read();
  expect(Object.keys(before.modules)).toEqual(['stages/a/index.ts', 'stages/a/n.ts', 'stages/a/worker.ts']);
  expect(call(before)).toBe(7);
  write('stages/a/n.ts', 'export default 8;');
  const after = await read();
  expect(after.modules['stages/a/n.ts']).not.toBe(before.modules['stages/a/n.ts']);
  expect(call(after)).toBe(8);
});

test('each module keeps its own import.meta', async () => {
  write(
    'stages/a/index.ts',
    "import h from '../h.js'; export default async () => [import.meta.url, import.meta.filename, h];",
  );
  write('stages/h.js', 'export default import.meta.dirname;');
  const index = path.join(root, 'stages/a/index.ts');
  expect(call(await read())).toEqual([pathToFileURL(index).href, index, path.join(root, 'stages')]);
});

test("a project's tsconfig changes nothing", async () => {
  write('stages/a/index.ts', 'export default async () => 1;');
  const before = await read();
  write('tsconfig.json', '{"compilerOptions":{"target":"es5","jsx":"react","baseUrl":".","strict":"nonsense"');
  write('stages/a/index.ts', 'export default async () => 1; //');
  expect((await read()).modules).toEqual(before.modules);
});

test('a syntax error names file, line and column in characters', async () => {
  write('stages/a/index.ts', "import h from './h.ts'; export default async () => h;");
  write('stages/a/h.ts', "const url = import.meta.url;\nexport const a = 'äö'; const = 3;\n");
  expect(await readProblem()).toMatchObject({
    code: 'E0710',
    at: { file: 'stages/a/h.ts', line: 2, column: 30 },
    message: 'the code of the stage cannot be read: expected identifier but found "="',
  });
});

test('a position in the first line is not moved by what the bundler puts there', async () => {
  write(
    'stages/a/index.ts',
    "const u = import.meta.url; import x from './gone.ts'; export default async () => [u, x];",
  );
  expect(await readProblem()).toMatchObject({
    code: 'E0711',
    message: '`./gone.ts` cannot be found from the code that imports it',
    at: { file: 'stages/a/index.ts', line: 1, column: 42, length: 11 },
  });
});

test('a package that is not installed comes with the command that installs it', async () => {
  write('stages/a/index.ts', "import x from '@scope/nowhere/deep'; export default async () => x;");
  expect(await readProblem()).toMatchObject({ code: 'E0711', hint: 'npm install @scope/nowhere' });
});

test('a file of a kind that cannot be imported is named', async () => {
  write('stages/a/index.ts', "import x from './x.onnx'; export default async () => x;");
  write('stages/a/x.onnx', 'x');
  expect(await readProblem()).toMatchObject({ code: 'E0712', at: { file: 'stages/a/index.ts', line: 1 } });
});

test('a missing entry is a problem', async () => {
  expect(await readProblem()).toMatchObject({ code: 'E0711', path: 'stages/a/index.ts' });
});

/** Marks the kept answer, so that a test can tell whether it was given or computed anew. */
function markAnswer(): void {
  const folder = path.join(root, 'cache/state/code');
  const name = readdirSync(folder).find((each) => each.endsWith('.json'));
  const file = path.join(folder, name ?? '');
  const answer = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...answer, code: { ...answer.code, packages: { marked: '1' } } }));
}

test('an unchanged stage is answered from the kept answer, also after a touch', async () => {
  const entry = write('stages/a/index.ts', 'export default async () => 1;');
  await read();
  markAnswer();
  expect((await read()).packages).toEqual({ marked: '1' });
  utimesSync(entry, 1, 1);
  expect((await read()).packages).toEqual({ marked: '1' });
});

test('a change that keeps size and time is noticed', async () => {
  const entry = write('stages/a/index.ts', 'export default async () => 1;');
  utimesSync(entry, 1, 1);
  const before = await read();
  write('stages/a/index.ts', 'export default async () => 2;');
  utimesSync(entry, 1, 1);
  expect((await read()).modules).not.toEqual(before.modules);
});

test('a lost bundle and a damaged answer are made again', async () => {
  write('stages/a/index.ts', 'export default async () => 1;');
  const before = await read();
  rmSync(before.bundle);
  expect(call(await read())).toBe(1);
  const folder = path.join(root, 'cache/state/code');
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.json')))
    writeFileSync(path.join(folder, name), '{');
  expect(await read()).toEqual(before);
});

test('one reader answers anew when the code changed between two questions', async () => {
  const reader = open();
  const entry = write('stages/a/index.ts', 'export default async () => 1;');
  const [a, b] = await Promise.all([reader.read(entry), reader.read(entry)]);
  expect(a).toEqual(b);
  write('stages/a/index.ts', 'export default async () => 22;');
  const c = await reader.read(entry);
  expect(c).not.toEqual(a);
  expect(existsSync(c.ok ? c.value.bundle : '')).toBe(true);
});
