import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from './sources.ts';

/** The project of docs/guide/writing-a-stage.md, with the code as it stands there. */
let project = '';

beforeAll(() => {
  project = mkdtempSync(path.join(os.tmpdir(), 'guide-'));
  const guide = readFileSync(path.join(ROOT, 'docs/guide/writing-a-stage.md'), 'utf8');
  const block = (language: string) => guide.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';
  write('schemas/stages/blur.schema.json', block('json'));
  write('stages/blur/index.ts', block('ts'));
  write(
    'pipeline.yaml',
    `${block('yaml')}  photos:\n    cmd: cp -r pictures photos\n    deps: [pictures]\n    outs: [photos]\n`,
  );
  write('package.json', '{ "type": "module" }');
  mkdirSync(path.join(project, 'node_modules'));
  symlinkSync(ROOT, path.join(project, 'node_modules/pipe-runner'));
  symlinkSync(path.join(ROOT, 'node_modules/sharp'), path.join(project, 'node_modules/sharp'));
  mkdirSync(path.join(project, 'pictures'));
  const pictures = readdirSync(path.join(ROOT, 'examples/plates/data'), { recursive: true, encoding: 'utf8' }).filter(
    (each) => each.endsWith('.png'),
  );
  for (const each of pictures.slice(0, 5))
    copyFileSync(path.join(ROOT, 'examples/plates/data', each), path.join(project, 'pictures', path.basename(each)));
});

afterAll(() => rmSync(project, { recursive: true }));

function write(name: string, text: string): void {
  mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
  writeFileSync(path.join(project, name), text);
}

function pipe(...args: string[]) {
  const run = spawnSync(process.execPath, [path.join(ROOT, 'bin/pipe.cjs'), ...args], {
    cwd: project,
    encoding: 'utf8',
  });
  return { status: run.status, text: run.stdout + run.stderr };
}

test('the stage of the guide runs, and its types fit its code', () => {
  expect(pipe('types')).toMatchObject({ status: 0, text: 'wrote schemas/generated/blur.ts\n' });
  const run = pipe('run');
  expect(run.text).toContain('5 images');
  expect(run.status).toBe(0);
  expect(readdirSync(path.join(project, 'artifacts/main/blur/images'))).toHaveLength(5);
  const options = {
    strict: true,
    module: 'nodenext',
    target: 'es2023',
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  };
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: { ...options, types: ['node'], typeRoots: [path.join(ROOT, 'node_modules/@types')] },
      include: ['stages'],
    }),
  );
  execFileSync(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
});

test('params of the guide are checked against its schema before anything runs', () => {
  const run = pipe('run', '--set', 'blur.radius=0');
  expect(run.status).toBe(2);
  expect(run.text).toContain('E0212');
});
