/** Builds `dist/` before the tests, so that commands under test are what the sources say. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

export function setup(): void {
  execFileSync(process.execPath, [path.join(import.meta.dirname, '../../build/build.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
