/** The script of a stage, bundled as the runner bundles it, in threads: the same bytes as in one. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle, nothingReached } from '../../../src/code/bundle.ts';
import { CHANGE } from '../../transform/change.ts';
import type { Change } from '../dataset/change.ts';
import { mapImages } from '../map-images.ts';
import { withPool } from './pool.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const STEP = {
  geometry: { crop: { width: 200, height: 180 }, resize: { width: 64, height: 48, fit: 'cover', shade: 0 } },
  channels: 3,
} as const;
let folder = '';
let files: string[] = [];
let script: URL;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'same-pixels-'));
  files = await Promise.all(
    Array.from({ length: 40 }, async (_, seed) => {
      const [width, height] = [400 + seed, 300 + (seed % 7)];
      const data = Buffer.alloc(width * height * 3);
      for (let i = 0; i < data.length; i++) data[i] = (i * 7 + (i >> 5) * seed) % 256;
      const file = path.join(folder, `${seed}.${seed % 8 === 0 ? 'png' : 'jpg'}`);
      const image = sharp(data, { raw: { width, height, channels: 3 } });
      await (seed % 8 === 0 ? image.png() : image.jpeg({ progressive: seed % 8 === 1 })).toFile(file);
      return file;
    }),
  );
  const site = { root: ROOT, packageRoot: ROOT };
  const worker = path.join(ROOT, 'stages/transform/worker.ts');
  script = pathToFileURL(await bundle({ esbuild, site, folder, reached: nothingReached() }, worker));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Of all results in order; each image three times, so that threads are worth starting. */
async function digest(threads: number, as: 'png' | 'pixels'): Promise<string> {
  const work: Change<typeof STEP> = { ...CHANGE, script };
  const context = { threads, signal: new AbortController().signal, progress() {} };
  const made = await withPool(context, work, (run) =>
    mapImages(context, [...files, ...files, ...files], (image) => run({ parts: [{ image, steps: [STEP] }], as })),
  );
  const sum = createHash('sha256');
  for (const { bytes } of made) sum.update(bytes);
  return sum.digest('hex');
}

test.each(['pixels', 'png'] as const)('threads make the %s that one thread makes', async (as) => {
  const alone = await digest(1, as);
  expect(await digest(2, as)).toBe(alone);
  expect(await digest(4, as)).toBe(alone);
});
