import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { classImages, writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import { entryPath, topFolder } from './archive-names.ts';
import ingest from './index.ts';

let bench: Workbench;
let folder: string;
beforeEach(async () => {
  bench = openWorkbench();
  folder = await writeImages(path.join(bench.root, 'plates'), classImages(['ok', 'bad'], 3));
});
afterEach(() => bench.remove());

const run = (source: string, params = {}) => bench.run('ingest', ingest, { source: 'source', ...params }, { source });
const lines = (made: { folder: string }) => fs.readFileSync(path.join(made.folder, 'dataset/samples.jsonl'), 'utf8');

function archive(name: string, bytes: Buffer): string {
  const file = path.join(bench.root, name);
  fs.writeFileSync(file, bytes);
  return file;
}

interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
  readonly method?: number;
  readonly flags?: number;
  readonly mode?: number;
  /** What it says of its size. */
  readonly sizeBytes?: number;
  readonly wide?: boolean;
}

/** A zip archive by hand: deflated unless told, with 64-bit places where asked for. */
function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, method = 8, flags = 1 << 11, mode = 0, sizeBytes = bytes.length, wide } of entries) {
    const packed = method === 8 ? zlib.deflateRawSync(bytes) : bytes;
    const title = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(title.length, 26);
    const extra = Buffer.alloc(wide ? 28 : 0);
    if (wide) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      [sizeBytes, packed.length, at].forEach((value, i) => {
        extra.writeBigUInt64LE(BigInt(value), 4 + i * 8);
      });
    }
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(wide ? 0xffffffff : packed.length, 20);
    entry.writeUInt32LE(wide ? 0xffffffff : sizeBytes, 24);
    entry.writeUInt16LE(title.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE((mode << 16) >>> 0, 38);
    entry.writeUInt32LE(wide ? 0xffffffff : at, 42);
    directory.push(entry, title, extra);
    parts.push(local, title, packed);
    at += 30 + title.length + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, list, end]);
}

const images = (below: string): ZipEntry[] =>
  ['ok', 'bad'].flatMap((name) =>
    [0, 1, 2].map((i) => ({
      name: `${below}${name}/${i}.png`,
      bytes: fs.readFileSync(path.join(folder, name, `${i}.png`)),
    })),
  );

test('a zip, a tar and a compressed tar give the dataset that their folder gives', async () => {
  const expected = lines(await run(folder));
  expect(lines(await run(archive('a.zip', zip(images('')))))).toBe(expected);
  expect(lines(await run(archive('b.zip', zip(images('plates/')))))).toBe(expected);
  const odd = images('').map((entry, i) => ({ ...entry, method: i % 2 ? 0 : 8, wide: i % 3 === 0 }));
  expect(lines(await run(archive('c.zip', zip(odd))))).toBe(expected);
  for (const format of ['ustar', 'pax', 'gnu']) {
    for (const [name, flags] of [
      [`${format}.tar`, '-cf'],
      [`${format}.tgz`, '-czf'],
    ] as const) {
      const file = path.join(bench.root, name);
      execFileSync('tar', [`--format=${format}`, flags, file, '-C', bench.root, './plates']);
      expect(lines(await run(file))).toBe(expected);
    }
  }
});

test('long names, links and hidden files: the first are read, the others left out', async () => {
  const long = `${'a'.repeat(120)}/${'b'.repeat(130)}/ünd "so".png`;
  await writeImages(folder, [{ file: `ok/${long}`, value: 50 }]);
  fs.symlinkSync('/etc/hostname', path.join(folder, 'ok/link.png'));
  fs.copyFileSync(path.join(folder, 'ok/0.png'), path.join(folder, 'ok/._0.png'));
  for (const format of ['pax', 'gnu']) {
    const file = path.join(bench.root, `${format}.tar`);
    execFileSync('tar', [`--format=${format}`, '-cf', file, '-C', folder, '.']);
    const ids = openDataset(path.join((await run(file)).folder, 'dataset')).samples.map(({ id }) => id);
    expect(ids).toHaveLength(7);
    expect(ids).toContain(`ok/${long}`);
  }
  const withLink = [...images(''), { name: 'ok/link.png', bytes: Buffer.from('/etc/hostname'), mode: 0o120777 }];
  const inZip = [...withLink, { name: '__MACOSX/ok/._0.png', bytes: Buffer.from('x') }];
  expect((await run(archive('a.zip', zip(inZip)))).note).toBe('6 images, 2 classes');
});

test('a name that leads out of the archive is refused, and nothing is written', async () => {
  for (const name of ['../x.png', '/tmp/x.png', 'ok/../../x.png', 'C:/x.png', '..\\x.png']) {
    const file = archive('bad.zip', zip([...images(''), { name, bytes: Buffer.from('x') }]));
    await expect(run(file)).rejects.toThrow(
      expect.objectContaining({ code: 'E0808', message: expect.stringContaining('which leads out of it') }),
    );
  }
  const tar = path.join(bench.root, 'bad.tar');
  execFileSync('tar', ['-cPf', tar, '-C', folder, '../plates/ok/0.png']);
  await expect(run(tar)).rejects.toThrow(expect.objectContaining({ code: 'E0808' }));
  expect(entryPath('./ok//a.png')).toBe('ok/a.png');
});

test('an archive that is cut short or damaged is refused', async () => {
  const whole = zip(images(''));
  await expect(run(archive('a.zip', whole.subarray(0, whole.length - 30)))).rejects.toThrow(
    'its list of files is missing',
  );
  execFileSync('tar', ['-czf', path.join(bench.root, 'a.tgz'), '-C', folder, '.']);
  const packed = fs.readFileSync(path.join(bench.root, 'a.tgz'));
  await expect(run(archive('b.tgz', packed.subarray(0, packed.length - 40)))).rejects.toThrow('cannot be unpacked');
  const tar = zlib.gunzipSync(packed);
  await expect(run(archive('c.tar', tar.subarray(0, 2500)))).rejects.toThrow(
    expect.objectContaining({ code: 'E0808' }),
  );
  const type = 156;
  tar[type] = 0xff;
  await expect(run(archive('d.tar', tar))).rejects.toThrow('a header of a file is broken');
  await expect(run(archive('e.zip', Buffer.from('no archive')))).rejects.toThrow('neither a zip nor a tar archive');
  expect(fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith('pipe-tar-'))).toEqual([]);
});

test('an entry that cannot be unpacked is an unreadable image, a bomb included', async () => {
  const bytes = fs.readFileSync(path.join(folder, 'ok/0.png'));
  const bomb = Buffer.alloc(50 << 20);
  const entries: ZipEntry[] = [
    ...images(''),
    { name: 'ok/secret.png', bytes, flags: 1 },
    { name: 'ok/other.png', bytes, method: 12 },
    { name: 'ok/bomb.png', bytes: bomb, sizeBytes: 1000 },
    { name: 'ok/large.png', bytes, sizeBytes: 2 ** 31 },
  ];
  const made = await run(archive('a.zip', zip(entries)));
  const { samples } = openDataset(path.join(made.folder, 'dataset'));
  const problems = samples.flatMap(({ id, problem }) => (problem === undefined ? [] : [`${id}: ${problem}`]));
  expect(problems).toEqual([
    'ok/bomb.png: in the archive: it is larger than it says',
    'ok/large.png: 2147483648 bytes are more than the 536870912 that are read',
    'ok/other.png: in the archive: it is packed by method 12; 0 (stored) and 8 (deflated) are read',
    'ok/secret.png: in the archive: it is encrypted',
  ]);
});

test('a compressed tar that grows beyond measure is refused while it is unpacked', async () => {
  const zeros = zlib.gzipSync(Buffer.alloc(64 << 20), { level: 9 });
  // Members of gzip may follow one another: 256 MB in 260 kB.
  const bomb = archive('bomb.tgz', Buffer.concat(Array.from({ length: 4 }, () => zeros)));
  await expect(run(bomb)).rejects.toThrow('unpacks to more than 100 times its size');
});

test('a folder that holds everything is left out, unless it may say a class or a split', () => {
  expect(topFolder(['set/ok/a.png', 'set/bad/b.png'])).toBe('set/');
  expect(topFolder(['ok/a.png', 'ok/b.png'])).toBe('');
  expect(topFolder(['train/ok/a.png', 'train/bad/b.png'])).toBe('');
  expect(topFolder(['a/ok/a.png', 'b/bad/b.png'])).toBe('');
  expect(topFolder([])).toBe('');
});
