import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { signalProblem } from './exit-problem.ts';
import { watchOomKills } from './oom-kills.ts';

let base: string;

beforeEach(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'oom-'));
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

function write(name: string, text: string): void {
  const file = path.join(base, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

test.each([
  [
    'control groups of version 2',
    '0::/user/run-1\n',
    'sys/fs/cgroup/user/run-1/memory.events',
    'low 0\noom 3\noom_kill ',
  ],
  ['version 2 seen from inside a container', '0::/../other\n', 'sys/fs/cgroup/memory.events', 'oom_kill '],
  [
    'version 1',
    '5:cpu:/\n4:memory:/jobs/7\n',
    'sys/fs/cgroup/memory/jobs/7/memory.oom_control',
    'under_oom 0\noom_kill ',
  ],
  ['the whole machine', '0::/\n', 'proc/vmstat', 'nr_free_pages 1\noom_kill '],
])('a kill for lack of memory is known from %s', (_name, groups, file, text) => {
  write('proc/self/cgroup', groups);
  write(file, `${text}2\n`);
  const kills = watchOomKills(base);
  expect(kills.haveGrown()).toBe(false);
  write(file, `${text}3\n`);
  expect(signalProblem('it', 'SIGKILL', kills)).toMatchObject({ code: 'E0705' });
  expect(signalProblem('it', 'SIGKILL', kills)).toMatchObject({ code: 'E0706' });
});

test('without a counter nothing is claimed', () => {
  expect(watchOomKills(base).haveGrown()).toBe(false);
});
