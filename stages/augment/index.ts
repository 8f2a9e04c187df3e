/**
 * augment: adds changed copies of images, each in the family of its original.
 *
 * What happens to a copy depends on seed, image and number of the copy alone: other images may come and go, copies may be
 * added, and those that were there stay as they are.
 */
import type { Sample } from '../../src/generated/sample.ts';
import type { AugmentParams } from '../../src/generated/stages/augment.ts';
import type { Filled, StageRun } from '../../src/sdk/index.ts';
import { isOriginal, openDataset, sized } from '../lib/dataset/read-dataset.ts';
import { type Output, transformDataset } from '../lib/dataset/transform.ts';
import type { Raster } from '../lib/image/raster.ts';
import { scaleBrightness, warpImage } from '../lib/image/warp.ts';
import { drawOperations, type Operations } from './operations.ts';

const run: StageRun<Filled<AugmentParams>> = async (context) => {
  const { params, inputs, outputs, random } = context;
  const dataset = openDataset(inputs.dataset ?? '');
  const plan = dataset.samples.flatMap((sample, from): Output[] => {
    const passed: Output = { from, sample, make: null };
    const eligible = isOriginal(sample) && (sample.split === undefined || sample.split === 'train');
    return eligible ? [passed, ...copiesOf(sample, from)] : [passed];
  });
  await transformDataset(context, dataset, outputs.dataset ?? '', 'augment', plan);
  dataset.close();
  const added = plan.length - dataset.samples.length;
  context.note(
    `${dataset.samples.length} images and ${added} copies${dataset.info.splits === undefined ? '' : ', in train only'}`,
  );

  function copiesOf(original: Sample, from: number): Output[] {
    const { channels } = sized(original);
    return Array.from({ length: params.copies }, (_, i) => {
      const copy = i + 1;
      const operations = drawOperations(params, random(params.seed, `augment/${original.id}/${copy}`));
      const id = `${original.id.replace(/\.png$/i, '')}+${copy}.png`;
      const sample: Sample = {
        ...original,
        id,
        family: original.id,
        derived: { by: 'augment', copy, operations: { ...operations } },
      };
      // The operations decide the pixels; how they came about does not matter for the item.
      return {
        from,
        sample,
        make: { key: { ...operations }, channels, pixels: (raster) => apply(raster, operations) },
      };
    });
  }
};
export default run;

function apply(raster: Raster, { degrees, scale, flipHorizontal, flipVertical, brightness1024 }: Operations): Raster {
  const warped = warpImage(raster, {
    degrees,
    scale,
    flipHorizontal: flipHorizontal === 1,
    flipVertical: flipVertical === 1,
  });
  return brightness1024 === 1024 ? warped : scaleBrightness(warped, brightness1024);
}
