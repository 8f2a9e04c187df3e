import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './sources.ts';

const dist = (name: string) => path.join(ROOT, 'dist', name);

test('the file that answers "nothing to do" is small and loads nothing but Node itself', () => {
  const text = readFileSync(dist('pipe.cjs'), 'utf8');
  const required = [...text.matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1] ?? '');
  // The threads that look at large trees are loaded only for them, the rest only when there is something to do.
  const later = ['./main.cjs', './scan-pool.cjs', './shared-signature.cjs'];
  expect([...new Set(required.filter((each) => !each.startsWith('node:')))].sort()).toEqual(later);
  expect(statSync(dist('pipe.cjs')).size).toBeLessThan(16_384);
});

test('no library is loaded before it is used', () => {
  const script = `
    require(${JSON.stringify(dist('main.cjs'))});
    console.log(Object.keys(require.cache).filter((each) => !each.endsWith('main.cjs')).join());`;
  expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim()).toBe('');
});

test('every vendored library loads and has what its package exports', async () => {
  for (const name of ['chokidar', 'execa', 'ignore', 'smol-toml', 'yaml', 'zod']) {
    const script = `console.log(Object.keys(require(${JSON.stringify(dist(`vendor/${name}.cjs`))})).length)`;
    const exported = Object.keys(await import(name)).filter((each) => each !== 'default' && each !== 'module.exports');
    expect(Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }))).toBeGreaterThanOrEqual(
      exported.length,
    );
  }
});

test('the command of the package says what is missing when it was never built', () => {
  const bin = path.join(ROOT, 'bin/pipe.cjs');
  expect(existsSync(bin)).toBe(true);
  const script = `
    const Module = require('node:module');
    const resolve = Module._resolveFilename;
    Module._resolveFilename = (name, ...rest) => {
      if (name === '../dist/pipe.cjs') throw Object.assign(new Error("Cannot find module '../dist/pipe.cjs'"), { code: 'MODULE_NOT_FOUND' });
      return resolve(name, ...rest);
    };
    require(${JSON.stringify(bin)});
    process.stdout.write(String(process.exitCode));`;
  const run = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(run.status).toBe(2);
  expect(run.stderr).toContain('hint: npm run build');
});
