import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestBytes } from '../base/digest.ts';
import type { ProjectPath } from '../base/paths.ts';
import type { Artifact } from './artifact.ts';
import { type InputReaderOptions, openInputReader } from './input-reader.ts';
import { listingText } from './listing.ts';
import type { InputReader } from './reader.ts';

let root: string;
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'reader-')));
});
afterEach(() => {
  fs.chmodSync(root, 0o755);
  fs.rmSync(root, { recursive: true, force: true });
});

const at = (place: string) => path.join(root, place);

function write(place: string, content: string, mode = 0o644): void {
  fs.mkdirSync(path.dirname(at(place)), { recursive: true });
  fs.writeFileSync(at(place), content, { mode });
}

/** Long enough ago for the stat cache to trust it. ctime cannot be set, so the clock of the reader is what is moved. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 30));
}

function open(options: Partial<InputReaderOptions> = {}): InputReader {
  const base = { root, stateFolder: at('.state'), ignore: null, threads: 1, workerScript: null };
  return openInputReader({ ...base, ...options });
}

async function read(place: string, reader = open()): Promise<Artifact | null> {
  const answer = await reader.read(place as ProjectPath);
  if (!answer.ok) throw new Error(`${answer.failure.code} ${answer.failure.message}`);
  return answer.value;
}

async function problemOf(place: string): Promise<unknown> {
  const answer = await open().read(place as ProjectPath);
  return answer.ok ? answer : answer.failure;
}

test('a file is the digest of its bytes, with its size and execute bit', async () => {
  write('a.txt', 'hello');
  write('b.sh', 'hello', 0o755);
  const file = { kind: 'file', digest: digestBytes('hello'), sizeBytes: 5, files: 1, executable: false };
  expect(await read('a.txt')).toEqual(file);
  expect(await read('b.sh')).toEqual({ ...file, executable: true });
});

test('nothing at a path is null, also below a file', async () => {
  write('a', 'x');
  expect(await read('nothing')).toBe(null);
  expect(await read('a/below')).toBe(null);
});

test('a folder is the digest of its listing; empty folders count', async () => {
  write('d/b', 'B', 0o755);
  write('d/a', 'A');
  fs.mkdirSync(at('d/empty'));
  const text = listingText([
    { kind: 'file', digest: digestBytes('A'), name: 'a' },
    { kind: 'exec', digest: digestBytes('B'), name: 'b' },
    { kind: 'folder', digest: digestBytes(''), name: 'empty' },
  ]);
  expect(await read('d')).toEqual({
    kind: 'folder',
    digest: digestBytes(text),
    sizeBytes: 2,
    files: 2,
    executable: false,
  });
});

test('names may hold anything, and Unicode forms that look alike are two names', async () => {
  for (const name of ["o'ne", '"two"', 'new\nline', ' ', '\u00e9', 'e\u0301', '\u{1f600}', '\ufffd'])
    write(`d/${name}`, name);
  expect((await read('d'))?.files).toBe(8);
  fs.rmSync(at('d/e\u0301'));
  const one = await read('d');
  fs.renameSync(at('d/\u00e9'), at('d/e\u0301'));
  expect((await read('d'))?.digest).not.toBe(one?.digest);
});

test('an unchanged file is not read again by a later process, a changed one is', async () => {
  write('a', 'first');
  write('d/a', 'first');
  await settle();
  const reader = open();
  const before = [await read('a', reader), await read('d', reader)];
  reader.save();
  // Only a reader that opens the file can notice that it may not be opened; root may open everything, so count reads.
  const atimes = () => ['a', 'd/a'].map((place) => fs.statSync(at(place)).atimeMs);
  for (const place of ['a', 'd/a']) fs.utimesSync(at(place), 1, fs.statSync(at(place)).mtimeMs / 1000);
  await settle();
  const again = open();
  expect([await read('a', again), await read('d', again)]).toEqual(before);
  again.save();
  const seen = atimes();
  const third = open();
  expect([await read('a', third), await read('d', third)]).toEqual(before);
  expect(atimes()).toEqual(seen);
  write('d/a', 'other');
  expect(await read('d')).not.toEqual(before[1]);
});

test('a change within the tick of the clock after reading is noticed', async () => {
  write('d/a', '1');
  write('f', '1');
  const reader = open();
  const before = [await read('d', reader), await read('f', reader)];
  reader.save();
  // As if the file system's clock had not moved on: same size, same mtime.
  for (const place of ['d/a', 'f']) {
    const { mtime } = fs.statSync(at(place));
    fs.writeFileSync(at(place), '2');
    fs.utimesSync(at(place), mtime, mtime);
  }
  expect((await read('d'))?.digest).not.toBe(before[0]?.digest);
  expect((await read('f'))?.digest).not.toBe(before[1]?.digest);
});

test('one path is read once until it is forgotten', async () => {
  write('a', 'old');
  const reader = open();
  const old = await read('a', reader);
  write('a', 'new!');
  expect(await read('a', reader)).toEqual(old);
  reader.forget('a' as ProjectPath);
  expect(await read('a', reader)).not.toEqual(old);
});

test('every kind of edit of a tree gives what a reader without memory gives', async () => {
  for (const place of ['d/a', 'd/s/b', 'd/s/t/c', 'd/u/e']) write(place, place);
  const edits: (() => void)[] = [
    () => {},
    () => write('d/s/t/c', 'changed'),
    () => write('d/s/new', 'new'),
    () => fs.rmSync(at('d/a')),
    () => fs.renameSync(at('d/s/b'), at('d/s/moved')),
    () => fs.chmodSync(at('d/u/e'), 0o755),
    () => fs.mkdirSync(at('d/u/empty')),
    () => fs.renameSync(at('d/s'), at('d/z')),
    () => fs.symlinkSync('u/e', at('d/link')),
    () => fs.rmSync(at('d/u'), { recursive: true }) === undefined && fs.rmSync(at('d/link')),
  ];
  for (const edit of edits) {
    edit();
    await settle();
    const reader = open();
    const remembered = await read('d', reader);
    reader.save();
    expect(remembered).toEqual(await read('d', open({ stateFolder: at(`.fresh${Math.random()}`) })));
  }
});

test('a stat cache that is damaged, cut short or of something else is ignored', async () => {
  write('d/a', 'x');
  write('f', 'y');
  await settle();
  const reader = open();
  const before = [await read('d', reader), await read('f', reader)];
  reader.save();
  const files = fs.readdirSync(at('.state'), { recursive: true, encoding: 'utf8' }).map((name) => at(`.state/${name}`));
  for (const file of files.filter((each) => fs.statSync(each).isFile())) {
    const bytes = fs.readFileSync(file);
    const middle = Math.floor(bytes.length / 2);
    const damaged = [
      ...[0, 8, 40, middle, bytes.length - 1].map((i) => bytes.map((byte, j) => (i === j ? byte ^ 1 : byte))),
    ];
    for (const other of [...damaged, bytes.subarray(0, middle), Buffer.alloc(0), Buffer.from('something else\n{}')]) {
      fs.writeFileSync(file, other);
      expect([await read('d'), await read('f')]).toEqual(before);
    }
    fs.writeFileSync(file, bytes);
  }
});

test('what is ignored does not count, neither a file nor a whole folder', async () => {
  write('d/a', 'x');
  const before = await read('d');
  write('d/skip.tmp', 'y');
  write('d/skipped/b', 'z');
  const ignore = (place: ProjectPath, isFolder: boolean) => (isFolder ? place === 'd/skipped' : place.endsWith('.tmp'));
  expect(await read('d', open({ ignore }))).toEqual(before);
  expect(await read('d')).not.toEqual(before);
});

test('a link out of the tree but in the project counts as what it points at', async () => {
  write('other/x', 'content');
  write('other/y/z', 'more');
  write('d/x', 'content');
  write('d/y/z', 'more');
  const plain = await read('d');
  fs.rmSync(at('d'), { recursive: true });
  fs.mkdirSync(at('d'));
  fs.symlinkSync('../other/x', at('d/x'));
  fs.symlinkSync(at('other/y'), at('d/y'));
  expect(await read('d')).toEqual(plain);
  await settle();
  const reader = open();
  await read('d', reader);
  reader.save();
  write('other/x', 'CONTENT');
  expect((await read('d'))?.digest).not.toBe(plain?.digest);
});

test('a link at the top of a path is followed', async () => {
  write('real/a', 'x');
  write('file', 'y');
  fs.symlinkSync('real', at('folder-link'));
  fs.symlinkSync('file', at('file-link'));
  expect(await read('folder-link')).toEqual(await read('real'));
  expect(await read('file-link')).toEqual(await read('file'));
});

test('a relative link that stays in the tree is content itself, and may lead upwards', async () => {
  write('d/a', 'x');
  fs.symlinkSync('a', at('d/link'));
  fs.symlinkSync('..', at('d/up'));
  fs.mkdirSync(at('d/sub'));
  fs.symlinkSync('..', at('d/sub/up'));
  fs.rmSync(at('d/up'));
  const before = await read('d');
  expect(before?.files).toBe(1);
  fs.rmSync(at('d/link'));
  fs.symlinkSync('./a', at('d/link'));
  expect((await read('d'))?.digest).not.toBe(before?.digest);
});

test('a link that leads out of the project is refused, naming link and target', async () => {
  fs.mkdirSync(at('d'));
  fs.symlinkSync('/etc', at('d/out'));
  expect(await problemOf('d')).toMatchObject({
    code: 'E0513',
    path: 'd/out',
    message: expect.stringContaining('`/etc`'),
  });
  expect(await problemOf('d/out')).toMatchObject({ code: 'E0513', path: 'd/out' });
  expect(await problemOf('d/out/hostname')).toMatchObject({ code: 'E0513' });
});

test('a link to nothing is refused, by name', async () => {
  fs.mkdirSync(at('d'));
  fs.symlinkSync('nowhere', at('d/dangling'));
  expect(await problemOf('d')).toMatchObject({ code: 'E0512', path: 'd/dangling' });
  expect(await problemOf('d/dangling')).toMatchObject({ code: 'E0512', message: expect.stringContaining('`nowhere`') });
});

test('links in a circle are refused, by name', async () => {
  fs.mkdirSync(at('d/sub'), { recursive: true });
  fs.mkdirSync(at('e'));
  fs.symlinkSync('b', at('d/a'));
  fs.symlinkSync('a', at('d/b'));
  expect(await problemOf('d')).toMatchObject({ code: 'E0514', path: 'd/a' });
  expect(await problemOf('d/a')).toMatchObject({ code: 'E0514', path: 'd/a' });
  fs.symlinkSync('../d', at('e/d'));
  fs.rmSync(at('d/a'));
  fs.rmSync(at('d/b'));
  fs.symlinkSync(at('e'), at('d/sub/e'));
  expect(await problemOf('d')).toMatchObject({ code: 'E0514', path: 'd/sub/e/d' });
});

test('a pipe or socket among the inputs is refused, by name', async () => {
  fs.mkdirSync(at('d'));
  execFileSync('mkfifo', [at('d/pipe')]);
  expect(await problemOf('d')).toMatchObject({
    code: 'E0515',
    path: 'd/pipe',
    message: expect.stringContaining('a pipe'),
  });
  expect(await problemOf('d/pipe')).toMatchObject({ code: 'E0515', path: 'd/pipe' });
});

test('a name that is not valid UTF-8 is refused, with the folder and the bytes', async () => {
  fs.mkdirSync(at('d'));
  fs.writeFileSync(Buffer.concat([Buffer.from(`${at('d')}/caf`), Buffer.from([0xe9])]), 'x');
  expect(await problemOf('d')).toMatchObject({
    code: 'E0516',
    path: 'd',
    message: expect.stringContaining('caf\\xe9'),
  });
});

test('what cannot be read is a problem that names it', async () => {
  write(`d/${'x'.repeat(20)}`, 'x');
  const reader = open();
  const tooLong = `d/${'y'.repeat(300)}` as ProjectPath;
  const answer = await reader.read(tooLong);
  expect(answer.ok ? null : answer.failure).toMatchObject({ code: 'E0511', path: tooLong });
});

test('what the reader was told lasts beyond the process, and a later edit is noticed', async () => {
  write('d/a', 'x');
  write('d/s/b', 'y');
  write('f', 'z');
  const told = { d: await read('d'), f: await read('f') };
  const listings = new Map<string, string>();
  const sub = listingText([{ kind: 'file', digest: digestBytes('y'), name: 'b' }]);
  const top = listingText([
    { kind: 'file', digest: digestBytes('x'), name: 'a' },
    { kind: 'folder', digest: digestBytes(sub), name: 's' },
  ]);
  for (const text of [sub, top]) listings.set(digestBytes(text), text);
  await settle();
  const reader = open({ listingOf: (digest) => listings.get(digest) ?? null });
  for (const [place, artifact] of Object.entries(told)) reader.learn(place as ProjectPath, artifact as Artifact);
  reader.save();
  expect(fs.readdirSync(at('.state/trees')).length).toBe(1);
  expect(await read('d')).toEqual(told.d);
  write('d/s/b', 'Y');
  expect(await read('d')).not.toEqual(told.d);
  write('f', 'Z');
  expect(await read('f')).not.toEqual(told.f);
});

test('what the reader was told does not vouch for an edit that came after', async () => {
  write('d/a', 'x');
  const text = listingText([{ kind: 'file', digest: digestBytes('x'), name: 'a' }]);
  const told = await read('d');
  await settle();
  const reader = open({ listingOf: () => text });
  reader.learn('d' as ProjectPath, told as Artifact);
  write('d/a', 'y');
  reader.save();
  expect(await read('d')).not.toEqual(told);
});

test('a file that disappears while the folder is read is a problem that names it', async () => {
  write('d/a', 'x');
  write('d/b', 'y');
  const ignore = (place: ProjectPath) => {
    if (place === 'd/b') fs.rmSync(at('d/a'));
    return false;
  };
  const answer = await open({ ignore }).read('d' as ProjectPath);
  expect(answer.ok ? null : answer.failure).toMatchObject({ code: 'E0517', path: 'd/a' });
});
