/** Ctrl-C: the second one ends the run, whatever the runner itself is doing. */
import { once } from 'node:events';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { familyOf } from '../support/processes.ts';
import { ended, testProject, until } from '../support/project.ts';

for (const jobs of ['1', '2']) {
  test(`a second interrupt ends a run of ${jobs} at a time that reads a file of many minutes`, async () => {
    const project = testProject({
      'pipeline.yaml': 'stages:\n  a: { cmd: echo > a.txt, deps: [big.bin], outs: [a.txt] }\n',
      'big.bin': '',
    });
    fs.truncateSync(project.path('big.bin'), 2 ** 40);
    const runner = project.start(['run', '--jobs', jobs, '--json']);
    if (runner.stdout !== null) await once(runner.stdout, 'data');
    runner.kill('SIGINT');
    runner.kill('SIGTERM');
    expect(await ended(runner)).toBe(130);
    project.remove('big.bin');
    project.write('big.bin', 'small');
    expect(project.json(['run']).statuses).toEqual({ a: 'ran' });
  });
}

test('a second interrupt ends the processes of a stage that ignores the first', async () => {
  const project = testProject({
    'pipeline.yaml':
      'stages:\n  a: { cmd: "trap \'\' INT TERM; touch started; while :; do sleep 0.1; done", outs: [a.txt] }\n',
  });
  const runner = project.start(['run', '--json']);
  await until('the stage runs', () => project.exists('started'));
  const family = familyOf(runner.pid as number).filter((pid) => pid !== runner.pid);
  expect(family.length).toBeGreaterThan(0);
  runner.kill('SIGINT');
  runner.kill('SIGTERM');
  expect(await ended(runner)).toBe(130);
  await until('its processes are gone', () => family.every((pid) => !isRunning(pid)));
});

/** A process that has ended, but whose parent has not asked for its outcome yet, is not running. */
function isRunning(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}
