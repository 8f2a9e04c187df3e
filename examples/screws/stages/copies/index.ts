/**
 * copies: changed copies of images, written beside them as files of their own.
 *
 * This is how a leak begins: the copies carry no trace of their originals, so that whatever splits them later parts them. It stands here
 * to be measured, not to be used; the stage `augment` keeps families together.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { StageRun } from 'pipe-runner/sdk';
import sharp from 'sharp';

interface Params {
  readonly folder: string;
  readonly copies: number;
  readonly seed: number;
}

const run: StageRun<Params> = async ({ params, inputs, outputs, random, progress, note, signal }) => {
  const source = inputs.images ?? '';
  const target = outputs.images ?? '';
  fs.cpSync(source, target, { recursive: true });
  const files = fs.readdirSync(path.join(source, params.folder)).sort();
  for (const [place, file] of files.entries()) {
    for (let copy = 1; copy <= params.copies; copy++) {
      signal.throwIfAborted();
      const draw = random(params.seed, `copies/${file}/${copy}`);
      const image = sharp(path.join(source, params.folder, file))
        .flip(draw.uniform() < 0.5)
        .flop(draw.uniform() < 0.5)
        .modulate({ brightness: 0.9 + 0.2 * draw.uniform() });
      const { width } = await image.metadata();
      // Turned by up to ten degrees, cut back to the old size: what stands over is lost, as in the report.
      const turned = await image
        .rotate(20 * draw.uniform() - 10, { background: '#808080' })
        .toBuffer({ resolveWithObject: true });
      const margin = Math.floor((turned.info.width - width) / 2);
      await sharp(turned.data)
        .extract({ left: margin, top: Math.floor((turned.info.height - width) / 2), width, height: width })
        .toColourspace('b-w')
        .jpeg({ quality: 90 })
        .toFile(path.join(target, params.folder, `${path.parse(file).name}-copy-${copy}.jpg`));
    }
    progress(place + 1, files.length, 'images');
  }
  note(`${files.length * params.copies} copies`);
};
export default run;
