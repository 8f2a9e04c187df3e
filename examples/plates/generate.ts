/**
 * Writes the plates: `node --experimental-strip-types examples/plates/generate.ts [folder]`.
 *
 * The images in `data/` were written by this program; running it again writes the same pixels.
 */
import fs from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { drawPlate, HEIGHT, WIDTH } from '../../stages/lib/synthesis/plate.ts';

const SEED = 2342;
const DIFFICULTY = 0.3;
const PER_CLASS = 85;

const target = process.argv[2] ?? path.join(import.meta.dirname, 'data');
const truth: string[] = [];
for (let index = 0; index < 2 * PER_CLASS; index++) {
  const label = index % 2 === 0 ? 'ok' : 'defective';
  const { pixels, defects } = drawPlate(SEED, index, label === 'defective', DIFFICULTY);
  const file = `${label}/plate-${String(index + 1).padStart(3, '0')}.png`;
  fs.mkdirSync(path.join(target, label), { recursive: true });
  const png = await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  fs.writeFileSync(path.join(target, file), png);
  truth.push(JSON.stringify({ file, label, defects }));
}
fs.writeFileSync(path.join(target, '../truth.jsonl'), `${truth.join('\n')}\n`);
