/** One image of 20,000 changed: stages that work image by image do the work of one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { alternate, setUp } from '../measure.mjs';
import { timeRow } from '../rows.mjs';
import { pipe } from '../tools.mjs';

const COUNT = 20_000;
const SIDE_PX = 96;
const TWO_PERCENT = 0.02;

const PIPELINE = `version: 1
stages:
  ingest:
    uses: ingest
    with: { source: data }
  grayscale:
    uses: grayscale
    from: ingest
  augment:
    uses: augment
    from: grayscale
    with: { copies: 1, flip: [horizontal, vertical], rotate: 10, scale: [0.8, 1.0], seed: 1 }
`;

export async function images(work) {
  const folder = path.join(work, 'ours');
  for (const label of ['even', 'odd']) mkdirSync(path.join(folder, 'data', label), { recursive: true });
  for (let each = 0; each < COUNT; each += 1) writeFileSync(placeOf(folder, each), await jpeg(each));
  writeFileSync(path.join(folder, 'pipeline.yaml'), PIPELINE);
  const line = pipe(folder, 'run');
  const { first } = alternate({ first: { line } }, 1);
  setUp({ line }, 2);
  const fresh = await Promise.all(Array.from({ length: 3 }, (_, index) => jpeg(COUNT + index)));
  let changes = 0;
  const changeOne = () => {
    writeFileSync(placeOf(folder, 4000 + changes), fresh[changes]);
    changes += 1;
  };
  const { one } = alternate({ one: { line, before: changeOne } }, fresh.length);
  return [
    timeRow('one image of 20,000 changed, grayscale and augment', 'wall', one, 'ours, first run', first, TWO_PERCENT),
    timeRow('one image of 20,000 changed, grayscale and augment', 'CPU', one, 'ours, first run', first),
  ];
}

function placeOf(folder, index) {
  return path.join(folder, 'data', index % 2 === 0 ? 'even' : 'odd', `${index}.jpg`);
}

/** A picture of its own for each index: bands whose colours and widths follow from it. */
function jpeg(index) {
  const pixels = Buffer.alloc(SIDE_PX * SIDE_PX * 3);
  for (let at = 0; at < SIDE_PX * SIDE_PX; at += 1) {
    const [x, y] = [at % SIDE_PX, Math.floor(at / SIDE_PX)];
    pixels[at * 3] = 128 + 100 * Math.sin((x * (1 + (index % 97))) / 40);
    pixels[at * 3 + 1] = 128 + 100 * Math.sin((y * (1 + (index % 89))) / 40);
    pixels[at * 3 + 2] = 128 + 100 * Math.sin((x + y + index) / 9);
  }
  const raw = { width: SIDE_PX, height: SIDE_PX, channels: /** @type {const} */ (3) };
  return sharp(pixels, { raw }).jpeg({ quality: 90 }).toBuffer();
}
