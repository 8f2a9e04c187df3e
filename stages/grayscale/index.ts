/** grayscale: every image gets one channel, and an even contrast if asked. */
import fs from 'node:fs';
import type { GrayscaleParams } from '../../src/generated/stages/grayscale.ts';
import type { Filled, StageRun } from '../../src/sdk/index.ts';
import { openDataset, sized } from '../lib/dataset/read-dataset.ts';
import { type Output, transformDataset } from '../lib/dataset/transform.ts';
import { beforeAfterSheet } from '../lib/image/before-after.ts';
import { CHANGE, type Step, turnGray } from './change.ts';

const run: StageRun<Filled<GrayscaleParams>> = async (context) => {
  const { params, inputs, outputs } = context;
  const { clahe } = params;
  const dataset = openDataset(inputs.dataset ?? '');
  const make = { step: clahe, channels: 1 } as const;
  const plan = dataset.samples.map((sample, from): Output<Step> => {
    const unchanged = clahe === null && sized(sample).channels === 1;
    return { from, sample, make: unchanged ? null : make };
  });
  await transformDataset(context, dataset, outputs.dataset ?? '', 'grayscale', CHANGE, plan);
  fs.writeFileSync(outputs['sheet.png'] ?? '', await beforeAfterSheet(dataset, (raster) => turnGray(raster, clahe)));
  dataset.close();
  const changed = plan.filter((each) => each.make !== null).length;
  context.note(`${changed} of ${plan.length} images turned to grey${clahe === null ? '' : ' with even contrast'}`);
};
export default run;
