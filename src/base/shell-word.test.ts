import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { operandWord, shellWord } from './shell-word.ts';

test.each(['plain-1.2', 'a b', "it's", '$(id)', '`id`', 'a\nb', '', '*', '~', '#x', 'é', '\\', '!x', '"'])(
  'a shell reads back %j',
  (text) => {
    expect(execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
  },
);

test('usual names stay as they are, and a name that looks like a flag is told apart', () => {
  expect(shellWord('train@fold-1')).toBe('train@fold-1');
  expect(operandWord('train')).toBe('train');
  expect(operandWord('--json')).toBe('-- --json');
  expect(operandWord('-a b')).toBe("-- '-a b'");
});
