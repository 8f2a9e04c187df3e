import { expect, test } from 'vitest';
import { findUndeclaredReads, type TraceSetting } from './trace.ts';

const OUTSIDE = new Map<string, 'file' | 'folder'>([
  ['/project/secret.txt', 'file'],
  ['/project/data', 'folder'],
  ['/project/data/ü x.txt', 'file'],
  ['/home/me/notes', 'file'],
]);

const SETTING: TraceSetting = {
  base: '/tmp/run/work',
  folder: '/tmp/run',
  project: '/project',
  cwd: '/tmp/run/work',
  outside: (place) => OUTSIDE.get(place) ?? null,
};

const readsOf = (...lines: string[]) => findUndeclaredReads(lines.join('\n'), SETTING).reads;

test('a file that is missing in the sandbox and there outside was read', () => {
  expect(
    readsOf('7  openat(AT_FDCWD</tmp/run/work>, "secret.txt", O_RDONLY) = -1 ENOENT (No such file or directory)'),
  ).toEqual(['secret.txt']);
  expect(readsOf('7  access("/project/secret.txt", R_OK) = -1 ENOENT (No such file or directory)')).toEqual([
    'secret.txt',
  ]);
  expect(readsOf('7  newfstatat(AT_FDCWD</>, "/home/me/notes", 0x7ff, 0) = -1 ENOENT (No such file)')).toEqual([
    '/home/me/notes',
  ]);
});

test('what was found, is nowhere, or failed for another reason is no undeclared read', () => {
  expect(
    readsOf(
      '7  openat(AT_FDCWD</tmp/run/work>, "secret.txt", O_RDONLY) = 3</tmp/run/work/secret.txt>',
      '7  openat(AT_FDCWD</tmp/run/work>, "nowhere", O_RDONLY) = -1 ENOENT (No such file or directory)',
      '7  readlink("/project/secret.txt", 0x7ff, 1023) = -1 EINVAL (Invalid argument)',
      '7  openat(AT_FDCWD</tmp/run/work>, "/tmp/run/tmp/cache", O_RDONLY) = -1 ENOENT (No such file or directory)',
      '7  newfstatat(AT_FDCWD</tmp/run/work>, "data", 0x7ff, 0) = -1 ENOENT (No such file or directory)',
    ),
  ).toEqual([]);
});

test('a folder counts when it is opened to be listed', () => {
  expect(
    readsOf('7  openat(AT_FDCWD</tmp/run/work>, "data", O_RDONLY|O_NONBLOCK|O_DIRECTORY) = -1 ENOENT (No such file)'),
  ).toEqual(['data']);
});

test('the folder of each process is followed, and names are read as bytes', () => {
  expect(
    readsOf(
      '7  chdir("/tmp/run/work/data") = 0',
      '7  clone(child_stack=NULL, flags=SIGCHLD) = 8',
      '8  access("\\303\\274 x.txt", R_OK) = -1 ENOENT (No such file or directory)',
    ),
  ).toEqual(['data/ü x.txt']);
});

test('a call noted in two halves is one call', () => {
  expect(
    readsOf(
      '7  access("secret.txt", R_OK <unfinished ...>',
      '8  openat(AT_FDCWD</tmp/run/work>, "nowhere", O_RDONLY) = -1 ENOENT (No such file or directory)',
      '7  <... access resumed>) = -1 ENOENT (No such file or directory)',
    ),
  ).toEqual(['secret.txt']);
});

test('connections to the network are noted, to sockets of the machine not', () => {
  const { connections } = findUndeclaredReads(
    [
      '7  connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("93.184.216.34")}, 16) = -1 ENETUNREACH (Network is unreachable)',
      '7  connect(3<TCPv6:[1]>, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = -1 ENETUNREACH (x)',
      '7  connect(3<UNIX:[1]>, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = -1 ENOENT (No such file or directory)',
    ].join('\n'),
    SETTING,
  );
  expect(connections).toEqual(['93.184.216.34:443', '::1:80']);
});
