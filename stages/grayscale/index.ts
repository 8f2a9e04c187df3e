/** grayscale: every image gets one channel, and an even contrast if asked. */
import type { GrayscaleParams } from '../../src/generated/stages/grayscale.ts';
import type { Filled, StageRun } from '../../src/sdk/index.ts';
import { openDataset, sized } from '../lib/dataset/read-dataset.ts';
import { type Make, type Output, transformDataset } from '../lib/dataset/transform.ts';
import { equalizeContrast } from '../lib/image/clahe.ts';
import { toGray } from '../lib/image/luma.ts';

const run: StageRun<Filled<GrayscaleParams>> = async (context) => {
  const { params, inputs, outputs } = context;
  const { clahe } = params;
  const dataset = openDataset(inputs.dataset ?? '');
  const make: Make = {
    key: 'gray',
    channels: 1,
    pixels(raster) {
      const gray = toGray(raster);
      return clahe === null ? gray : equalizeContrast(gray, clahe.clipLimit, clahe.tiles);
    },
  };
  const plan = dataset.samples.map((sample, from): Output => {
    const unchanged = clahe === null && sized(sample).channels === 1;
    return { from, sample, make: unchanged ? null : make };
  });
  await transformDataset(context, dataset, outputs.dataset ?? '', 'grayscale', plan);
  dataset.close();
  const changed = plan.filter((each) => each.make !== null).length;
  context.note(`${changed} of ${plan.length} images turned to grey${clahe === null ? '' : ' with even contrast'}`);
};
export default run;
