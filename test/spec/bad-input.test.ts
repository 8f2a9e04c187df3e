/** Data as it should not be, given to the command: a clear error or a counted drop for each, with memory that stays bounded. */
import fs from 'node:fs';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { parseCsv } from '../../src/base/csv.ts';
import { type JsonFinished, type TestProject, testProject } from '../support/project.ts';

const MIB = 1 << 20;
const INGEST = { uses: 'ingest', with: { source: 'data' } };
/** From files to metrics, with every stage that touches names or images on the way. */
const CHAIN = {
  ingest: INGEST,
  filter: { uses: 'filter', from: 'ingest' },
  audit: { uses: 'audit', from: 'filter' },
  split: { uses: 'split', from: 'filter', with: { train: 0.5, validation: 0.25, test: 0.25 } },
  gray: { uses: 'grayscale', from: 'split' },
  small: { uses: 'transform', from: 'gray', with: { resize: { width: 12, height: 12 }, layout: 'images' } },
  augment: { uses: 'augment', from: 'small', with: { copies: 1, flip: ['horizontal'] } },
  train: { uses: 'train', from: 'augment', with: { epochs: 1, model: { blocks: 1, filters: 2, dense: 4 } } },
  threshold: { uses: 'threshold', from: { dataset: 'augment', model: 'train' } },
  evaluate: { uses: 'evaluate', from: { dataset: 'augment', model: 'train', thresholds: 'threshold' } },
  predict: { uses: 'predict', from: { dataset: 'small', model: 'train' } },
  explain: { uses: 'explain', from: { dataset: 'augment', model: 'train' } },
};

function project(stages: object, files: Readonly<Record<string, string | Uint8Array>>): TestProject {
  const made = testProject({ 'pipeline.yaml': JSON.stringify({ version: 1, stages }) });
  fs.mkdirSync(made.path('data'));
  for (const [name, bytes] of Object.entries(files)) made.write(`data/${name}`, bytes);
  return made;
}

type Finished = Extract<JsonFinished['events'][number], { event: 'stage-finished' }>;
const stageOf = (ran: JsonFinished, name: string): Finished => {
  const found = ran.events.find((event): event is Finished => event.event === 'stage-finished' && event.stage === name);
  if (found === undefined) throw new Error(`${name} never finished:\n${ran.stdout}`);
  return found;
};

/** A PNG with a pattern of the seed in three channels, or flat with one bit a pixel; it may hold fewer lines than it says. */
function png(seed: number, width = 16, height = 16, { isFlat = false, missing = 0 } = {}): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = isFlat ? 1 : 8;
  head[9] = isFlat ? 0 : 2;
  const line = isFlat ? Math.ceil(width / 8) + 1 : width * 3 + 1;
  const lines = Buffer.alloc(line * (height - missing));
  if (!isFlat)
    for (let i = 0; i < lines.length; i++) lines[i] = i % line === 0 ? 0 : (i * (seed + 3) * 7 + seed * 41) & 255;
  const chunks = [chunk('IHDR', head), chunk('IDAT', zlib.deflateSync(lines)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks]);
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  data.copy(bytes, 8);
  let state = 0xffffffff;
  for (const byte of bytes.subarray(4, 8 + data.length)) {
    state ^= byte;
    for (let bit = 0; bit < 8; bit++) state = (state >>> 1) ^ (0xedb88320 & -(state & 1));
  }
  bytes.writeUInt32BE((state ^ 0xffffffff) >>> 0, 8 + data.length);
  return bytes;
}

/** `count` pictures of each class. */
const pictures = (counts: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(counts).flatMap(([name, count], k) =>
      Array.from({ length: count }, (_, i) => [`${name}/${i}.png`, png(k * 1000 + i)]),
    ),
  );

function refused(ran: JsonFinished, stage: string): unknown {
  expect(ran.code).toBe(1);
  expect(ran.summary.status).toBe('failed');
  return stageOf(ran, stage).problem;
}

test('no images at all are refused, and nothing after is run', () => {
  const ran = project(CHAIN, { 'notes.txt': 'no image by its name' }).json(['run']);
  expect(refused(ran, 'ingest')).toMatchObject({ code: 'E0802', message: 'no labelled images in `data`' });
  expect(ran.statuses.train).toBe('blocked');
});

test('of one class there is a dataset, an audit that says so, and no training', () => {
  const ran = project(CHAIN, pictures({ ok: 8 })).json(['run', '--keep-going']);
  expect(stageOf(ran, 'ingest').note).toBe('8 images, 1 class');
  expect(stageOf(ran, 'audit').note).toBe('8 images: 1 errors, 0 warnings');
  expect(refused(ran, 'train')).toMatchObject({ code: 'E0826' });
  expect(ran.statuses.evaluate).toBe('blocked');
});

test('a class of one is said where it is met, and the pipeline goes through', () => {
  const { threshold: _, predict: __, explain: ___, ...rest } = CHAIN;
  const chain = { ...rest, evaluate: { uses: 'evaluate', from: { dataset: 'augment', model: 'train' } } };
  const ran = project(chain, pictures({ ok: 8, bad: 1 })).json(['run']);
  expect(ran.code, ran.stderr).toBe(0);
  expect(stageOf(ran, 'ingest').note).toBe('9 images, 2 classes, `bad` has 1 of them');
  expect(stageOf(ran, 'split').note).toContain('no `bad` in test');
});

test('where every file is corrupt the first is named with what is wrong', () => {
  const files = { 'ok/cut.png': png(1).subarray(0, 60), 'ok/text.jpg': 'a text file\n', 'bad/empty.png': '' };
  expect(refused(project({ ingest: INGEST }, files).json(['run']), 'ingest')).toMatchObject({
    code: 'E0804',
    message: expect.stringContaining(
      'none of 3 images can be decoded; `bad/empty.png` cannot be decoded: the file is empty',
    ),
  });
});

test('huge, bursting, cut and false images are counted drops in bounded memory', () => {
  const made = project(
    { ingest: INGEST, filter: { uses: 'filter', from: 'ingest' } },
    {
      ...pictures({ ok: 3, bad: 3 }),
      'ok/huge.png': png(0, 20_000, 20_000, { isFlat: true }),
      // 48 kB that claim 95 million pixels and hold a hundredth of them.
      'ok/bomb.png': png(0, 9700, 9800, { isFlat: true, missing: 9700 }),
      'bad/text.jpg': 'this is a text file\n',
      'bad/cut.png': png(7).subarray(0, 70),
    },
  );
  const ran = made.json(['run']);
  expect(ran.code, ran.stderr).toBe(0);
  expect(stageOf(ran, 'ingest').note).toBe('10 images, 2 classes, 4 unreadable');
  expect(stageOf(ran, 'filter').note).toBe('kept 6 of 10 images, 4 unreadable');
  const problems = new Map(parseCsv(made.read('artifacts/main/ingest/files.csv')).map((row) => [row[0], row.at(-1)]));
  expect(problems.get('ok/huge.png')).toContain('20000 x 20000 pixels are more than');
  expect(problems.get('bad/text.jpg')).toContain('the content is that of no image');
  for (const file of ['ok/bomb.png', 'bad/cut.png']) expect(problems.get(file), file).not.toBe('');
  expect(stageOf(ran, 'ingest').peakBytes).toBeLessThan(700 * MIB);
});

test('a million rows that name no image are one error, read a piece at a time', () => {
  const made = project(
    { ingest: { uses: 'ingest', with: { source: 'data', labels: 'csv', csv: 'labels.csv' } } },
    pictures({ ok: 2 }),
  );
  const file = fs.openSync(made.path('labels.csv'), 'w');
  fs.writeSync(file, 'file,label\nok/0.png,"a ""quoted"" label"\n');
  for (let block = 0; block < 1000; block++) {
    fs.writeSync(
      file,
      Array.from({ length: 1000 }, (_, i) => `folder/of/nothing/${block}-${i}.png,label ${i % 7}\n`).join(''),
    );
  }
  fs.closeSync(file);
  const ran = made.json(['run']);
  expect(refused(ran, 'ingest')).toMatchObject({
    code: 'E0803',
    message: expect.stringContaining(
      '`folder/of/nothing/0-0.png`, which is no image below `source`; 1000000 rows in all name none',
    ),
  });
  expect(stageOf(ran, 'ingest').peakBytes).toBeLessThan(400 * MIB);
});

test('names with quotes, line breaks and marks of other languages go through every stage and table unharmed', () => {
  const names = [
    'ok/a "b", c\nd.png',
    "ok/it's; so.png",
    'ok/back\\slash.png',
    'ok/$(touch ran) `touch ran`.png',
    'bad/ümläut 日本.png',
    'bad/<b onerror=x>.png',
    'bad/%20 #?&.png',
    'bad/-rf.png',
    'bad/=1+1.png',
  ];
  const files = {
    ...pictures({ ok: 5, bad: 4 }),
    ...Object.fromEntries(names.map((name, i) => [name, png(5000 + i)])),
  };
  const made = project(CHAIN, files);
  const ran = made.json(['run']);
  expect(ran.code, ran.stderr).toBe(0);
  const idsOf = (table: string) =>
    parseCsv(made.read(`artifacts/main/${table}`))
      .slice(1)
      .map(([id = '']) => id)
      .sort();
  const all = Object.keys(files).sort();
  expect(idsOf('ingest/files.csv')).toEqual(all);
  expect(idsOf('audit/properties.csv')).toEqual(all);
  expect(idsOf('predict/predictions.csv')).toEqual(all);
  expect(made.exists('ran')).toBe(false);
  expect(made.read('artifacts/main/audit/audit.html')).not.toContain('<b onerror');
});
