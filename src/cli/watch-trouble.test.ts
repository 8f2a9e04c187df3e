import { expect, test } from 'vitest';
import { watchTrouble } from './watch-trouble.ts';

test('a system that watches no more files is told how to watch more', () => {
  const error = Object.assign(new Error('System limit reached'), { code: 'ENOSPC', path: '/data/1.png' });
  expect(watchTrouble(error)).toMatchObject({
    code: 'E0909',
    severity: 'warning',
    path: '/data/1.png',
    hint: expect.stringContaining('max_user_watches'),
  });
});

test('what else goes wrong is a warning as well, with the file and the reason', () => {
  expect(watchTrouble(Object.assign(new Error('no'), { code: 'EACCES', path: '/data' })).message).toBe(
    '`/data` cannot be watched (EACCES)',
  );
});
