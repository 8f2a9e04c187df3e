import { expect, test } from 'vitest';
import { isInstalled, moduleName } from './module-name.ts';

const elsewhere = { root: '/home/a/project', packageRoot: '/usr/lib/node_modules/pipe-runner' };
const installed = { root: '/home/a/project', packageRoot: '/home/a/project/node_modules/pipe-runner' };
const example = { root: '/src/pipe/examples/plates', packageRoot: '/src/pipe' };
const itself = { root: '/src/pipe', packageRoot: '/src/pipe' };

test.each([
  [elsewhere, '/home/a/project/stages/crop/index.ts', 'stages/crop/index.ts'],
  [elsewhere, '/usr/lib/node_modules/pipe-runner/stages/train/index.ts', 'pipe:stages/train/index.ts'],
  [elsewhere, '/home/a/shared/crop.ts', '../shared/crop.ts'],
  [elsewhere, '/home/a/project-2/crop.ts', '../project-2/crop.ts'],
  [installed, '/home/a/project/node_modules/pipe-runner/stages/train/index.ts', 'pipe:stages/train/index.ts'],
  [installed, '/home/a/project/stages/crop/index.ts', 'stages/crop/index.ts'],
  [example, '/src/pipe/examples/plates/stages/crop/index.ts', 'stages/crop/index.ts'],
  [example, '/src/pipe/stages/train/index.ts', 'pipe:stages/train/index.ts'],
  [itself, '/src/pipe/stages/train/index.ts', 'stages/train/index.ts'],
])('a module is named from the folder it belongs to (%o, %s)', (site, file, name) => {
  expect(moduleName(site, file)).toBe(name);
});

test.each([
  [elsewhere, '/usr/lib/node_modules/pipe-runner/src/sdk/index.ts', false],
  [elsewhere, '/usr/lib/node_modules/sharp/lib/index.js', true],
  [elsewhere, '/home/a/project/node_modules/sharp/lib/index.js', true],
  [installed, '/home/a/project/node_modules/pipe-runner/dist/sdk.mjs', false],
  [installed, '/home/a/project/node_modules/sharp/lib/index.js', true],
  [example, '/src/pipe/node_modules/sharp/lib/index.js', true],
  [itself, '/src/pipe/stages/train/index.ts', false],
])('code of this package and of the project is not installed code (%o, %s)', (site, file, expected) => {
  expect(isInstalled(site, file)).toBe(expected);
});
