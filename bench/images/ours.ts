/** What the stages need for the same images: `ours.mjs CASE FOLDER` prints times as JSON. Bundled by compare.mjs. */
import fs from 'node:fs';
import path from 'node:path';
import augment from '../../stages/augment/index.ts';
import ingest from '../../stages/ingest/index.ts';
import { createDataset } from '../../stages/lib/dataset/write-dataset.ts';
import { mapImages } from '../../stages/lib/map-images.ts';
import { openWorkbench } from '../../stages/lib/testing.ts';
import { withPool } from '../../stages/lib/threads/pool.ts';
import transform from '../../stages/transform/index.ts';
import { SHRINKING } from './shrink.ts';

const ORIGINALS = 2000;
const COPIES = 8;
const [name = '', folder = ''] = process.argv.slice(2);

function filesIn(below: string): string[] {
  const names = fs.readdirSync(path.join(folder, below), { recursive: true, encoding: 'utf8' }).sort();
  return names.filter((each) => each.endsWith('.jpg')).map((each) => path.join(folder, below, each));
}

async function measured(images: number, run: () => Promise<unknown>): Promise<void> {
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  await run();
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ images, wallMs, cpuMs: (user + system) / 1000, peakMiB })}\n`);
}

const context = { threads: 2, signal: new AbortController().signal, progress() {} };

/** Threads are ready before the clock starts, as those of the peers are. */
async function each(files: readonly string[], side: number, isEven: boolean): Promise<void> {
  await withPool(context, SHRINKING, async (shrink) => {
    const one = async (file: string) => (await shrink({ file, side, isEven })).width;
    const warm = Array.from({ length: 4 }, () => files.slice(0, 80)).flat();
    await mapImages(context, warm, one);
    await measured(files.length, () => mapImages(context, files, one));
  });
}

// Removed by who called, with all else.
const bench = openWorkbench();
if (name === 'ingest') {
  const source = path.join(folder, 'small');
  await measured(filesIn('small').length, () => bench.run('ingest', ingest, { source }, { source }));
} else if (name.startsWith('memory')) {
  await transformSome(Number(name.split('-')[1]));
} else if (name === 'clahe') {
  await each(filesIn('large'), 224, true);
} else if (name === 'augment') {
  const [few, dataset] = [8, ORIGINALS].map((count) => writeOriginals(count)) as [string, string];
  const params = { copies: COPIES, rotate: 15, scale: [0.9, 1.1], shift: 0.1, flip: ['horizontal'], brightness: 0.2 };
  await bench.run('augment', augment, params, { dataset: few });
  await measured(ORIGINALS, () => bench.run('augment', augment, params, { dataset }));
} else {
  await each(filesIn('small'), Number(name.split('-')[1]), false);
}

/** From files to one array of 224 x 224: how much memory it takes should not depend on how many there are. */
async function transformSome(count: number): Promise<void> {
  const source = path.join(bench.root, 'some');
  fs.mkdirSync(`${source}/a`, { recursive: true });
  for (const file of filesIn('small').slice(0, count)) fs.symlinkSync(file, `${source}/a/${path.basename(file)}`);
  const read = await bench.run('ingest', ingest, { source }, { source });
  const params = { resize: { width: 224, height: 224 }, layout: 'pixels' };
  await measured(count, () =>
    bench.run('transform', transform, params, { dataset: path.join(read.folder, 'dataset') }),
  );
}

function writeOriginals(count: number): string {
  const target = path.join(bench.root, `originals-${count}`);
  const writer = createDataset(target);
  const pixels = writer.pixels([count, 64, 64, 3]);
  const entry = new Uint8Array(64 * 64 * 3);
  const samples = Array.from({ length: count }, (_, i) => {
    for (let k = 0; k < entry.length; k++) entry[k] = (k * k * 31 + i * k) % 256;
    pixels.write(i, entry);
    const id = `${i}.png`;
    return {
      id,
      labels: ['a'],
      family: id,
      source: `${i}`,
      digest: `${i}`,
      width: 64,
      height: 64,
      channels: 3 as const,
    };
  });
  pixels.close();
  writer.finish({ task: 'multi-class', classes: ['a'], layout: 'pixels', steps: [] }, samples);
  return target;
}
