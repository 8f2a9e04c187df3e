/** grayscale: every image gets one channel, and an even contrast if asked. */
import fs from 'node:fs';
import type { GrayscaleParams } from '../../src/generated/stages/grayscale.ts';
import type { Filled, StageRun } from '../../src/sdk/index.ts';
import { openDataset, sized } from '../lib/dataset/read-dataset.ts';
import { type Make, type Output, transformDataset } from '../lib/dataset/transform.ts';
import { beforeAfterSheet } from '../lib/image/before-after.ts';
import { equalizeContrast } from '../lib/image/clahe.ts';
import { toGray } from '../lib/image/luma.ts';
import type { Raster } from '../lib/image/raster.ts';

const run: StageRun<Filled<GrayscaleParams>> = async (context) => {
  const { params, inputs, outputs } = context;
  const { clahe } = params;
  const dataset = openDataset(inputs.dataset ?? '');
  const turnGray = (raster: Raster): Raster => {
    const gray = toGray(raster);
    return clahe === null ? gray : equalizeContrast(gray, clahe.clipLimit, clahe.tiles);
  };
  const make: Make = { key: 'gray', channels: 1, pixels: turnGray };
  const plan = dataset.samples.map((sample, from): Output => {
    const unchanged = clahe === null && sized(sample).channels === 1;
    return { from, sample, make: unchanged ? null : make };
  });
  await transformDataset(context, dataset, outputs.dataset ?? '', 'grayscale', plan);
  fs.writeFileSync(outputs['sheet.png'] ?? '', await beforeAfterSheet(dataset, turnGray));
  dataset.close();
  const changed = plan.filter((each) => each.make !== null).length;
  context.note(`${changed} of ${plan.length} images turned to grey${clahe === null ? '' : ' with even contrast'}`);
};
export default run;
