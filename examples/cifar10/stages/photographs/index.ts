/**
 * photographs: CIFAR-10 as a folder of images, by split and class.
 *
 * The package holds ten thousand photographs in one PNG, each of them a row of 1,024 pixels, and their classes as lists of numbers.
 */
import fs from 'node:fs';
import path from 'node:path';
import { StageError, type StageRun } from 'pipe-runner/sdk';
import sharp from 'sharp';

interface Params {
  readonly source: string;
  readonly train: number;
  readonly test: number;
}

const CLASSES = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const SIDE = 32;
const PARTS = {
  train: { labels: 'train_lables.json', files: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.png`) },
  test: { labels: 'test_lables.json', files: ['test_batch.png'] },
};

const run: StageRun<Params> = async ({ params, inputs, outputs, progress, note, signal }) => {
  sharp.concurrency(1);
  const source = inputs.source ?? '';
  const total = CLASSES.length * (params.train + params.test);
  let written = 0;
  for (const split of ['train', 'test'] as const) {
    const { labels, files } = PARTS[split];
    const classes: number[] = JSON.parse(fs.readFileSync(path.join(source, labels), 'utf8'));
    const left = CLASSES.map(() => params[split]);
    for (const name of CLASSES) fs.mkdirSync(path.join(outputs.images ?? '', split, name), { recursive: true });
    let place = 0;
    for (const file of files) {
      const { data, info } = await sharp(path.join(source, file)).raw().toBuffer({ resolveWithObject: true });
      const bytes = SIDE * SIDE * info.channels;
      for (let row = 0; row < info.height; row++, place++) {
        signal.throwIfAborted();
        const label = classes[place] ?? -1;
        if ((left[label] ?? 0) === 0) continue;
        left[label] = (left[label] ?? 0) - 1;
        const raw = { width: SIDE, height: SIDE, channels: info.channels };
        const name = `${split}/${CLASSES[label]}/${String(place).padStart(5, '0')}.png`;
        await sharp(data.subarray(row * bytes, (row + 1) * bytes), { raw })
          .png()
          .toFile(path.join(outputs.images ?? '', name));
        progress(++written, total, 'photographs');
      }
    }
  }
  if (written !== total)
    throw new StageError(`found ${written} photographs, expected ${total}`, { hint: 'rm -r data && node fetch.mjs' });
  note(`${CLASSES.length * params.train} to train with, ${CLASSES.length * params.test} to test`);
};
export default run;
