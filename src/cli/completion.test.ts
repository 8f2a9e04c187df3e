import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseCommandLine } from './args.ts';
import { COMMAND_NAMES, flagsOf } from './commands.ts';
import { completion } from './completion.ts';
import { bashScript, fishScript, zshScript } from './completion-scripts.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'completion-'));
  // Stands for `pipe`: knows two stages, one with a name that a shell could take for a command.
  writeFileSync(
    path.join(folder, 'pipe'),
    '#!/bin/sh\n[ "$3" = stage ] && printf "%s\\n" train "split@\\$(touch hit)"\n[ "$3" = experiment ] && echo grey\nexit 0\n',
  );
  chmodSync(path.join(folder, 'pipe'), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers after these words; the last is the one being typed. */
function offered(...words: string[]): string[] {
  const list = words.map((each) => `'${each}'`).join(' ');
  const script = `${bashScript()}\nCOMP_WORDS=(pipe ${list}); COMP_CWORD=${words.length}; _pipe; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const run = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
  });
  expect(run.stderr).toBe('');
  return run.stdout.split('\n').filter((each) => each !== '');
}

test('bash: commands, flags, and names the project has', () => {
  expect(offered('st')).toEqual(['status']);
  expect(offered('run', '--ke')).toEqual(['--keep-going']);
  expect(offered('run', 'tr')).toEqual(['train']);
  expect(offered('run', '--experiment', '')).toEqual(['grey']);
  expect(offered('dag', '--format', 'm')).toEqual(['mermaid']);
  expect(offered('completion', 'z')).toEqual(['zsh']);
  expect(offered('gc', '')).toEqual([]);
});

test('bash: a name that looks like a command is quoted, not run', () => {
  expect(offered('run', 'sp')).toEqual(['split@\\$\\(touch\\ hit\\)']);
});

test('the scripts of all shells know every command and every flag', () => {
  for (const script of [bashScript(), zshScript(), fishScript()]) {
    for (const name of COMMAND_NAMES) {
      expect(script).toContain(name);
      for (const flag of flagsOf(name)) expect(script).toContain(flag.name);
    }
  }
});

test('E0905: completion needs a shell', async () => {
  const parsed = parseCommandLine(['completion']);
  if (!parsed.ok || parsed.value.kind !== 'command') throw new Error('not a command');
  const { operands, options } = parsed.value;
  const result = await completion({
    argv: ['completion'],
    operands,
    options,
    root: folder,
    file: null,
    packageRoot: folder,
  });
  expect(result).toMatchObject({ ok: false, failure: [{ code: 'E0905' }] });
});
