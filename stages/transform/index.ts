/** transform: crops and resizes every image, each remembered under the digest of its bytes. */
import fs from 'node:fs';
import type { Sample } from '../../src/generated/sample.ts';
import type { TransformParams } from '../../src/generated/stages/transform.ts';
import { type Filled, StageError, type StageRun } from '../../src/sdk/index.ts';
import { openDataset, sized } from '../lib/dataset/read-dataset.ts';
import { type Output, transformDataset } from '../lib/dataset/transform.ts';
import { beforeAfterSheet } from '../lib/image/before-after.ts';
import type { Size } from '../lib/image/resize.ts';
import { CHANGE, type Step } from './change.ts';
import { applyGeometry, type Geometry, resultSize } from './geometry.ts';

const run: StageRun<Filled<TransformParams>> = async (context) => {
  const { params, inputs, outputs } = context;
  const geometry: Geometry = { crop: params.crop, resize: params.resize };
  const dataset = openDataset(inputs.dataset ?? '');
  const sizes = dataset.samples.map((sample) => sizeAfter(sample, geometry));
  if (params.layout === 'pixels') requireOneSize(dataset.samples, sizes);
  // One array has one number of channels: grey images among coloured ones get three equal ones.
  const inColour = params.layout === 'pixels' && dataset.samples.some(({ channels }) => channels === 3);
  const plan = dataset.samples.map((sample, from): Output<Step> => {
    const channels = inColour ? 3 : sized(sample).channels;
    return {
      from,
      sample,
      make: {
        step: { geometry, channels },
        channels,
        size: sizes[from] as Size,
      },
    };
  });
  await transformDataset(context, dataset, outputs.dataset ?? '', 'transform', CHANGE, plan, params.layout);

  const sheet = await beforeAfterSheet(dataset, (raster) => applyGeometry(raster, geometry));
  fs.writeFileSync(outputs['sheet.png'] ?? '', sheet);
  dataset.close();
  const shapes = new Set(sizes.map(({ width, height }) => `${width} x ${height}`));
  context.note(`${plan.length} images, ${shapes.size === 1 ? [...shapes][0] : `${shapes.size} sizes`}`);
};
export default run;

function sizeAfter(sample: Sample, geometry: Geometry): Size {
  const size = sized(sample);
  const after = resultSize(size, geometry);
  if (after !== null) return after;
  const { crop } = geometry;
  throw new StageError(
    `\`${sample.id}\` is ${size.width} x ${size.height}, too small to keep ${crop?.width} x ${crop?.height} of it`,
    { code: 'E0805', hint: 'give a smaller `crop`, or leave small images out with a `filter` stage' },
  );
}

function requireOneSize(samples: readonly Sample[], sizes: readonly Size[]): void {
  const other = sizes.findIndex(({ width, height }) => width !== sizes[0]?.width || height !== sizes[0]?.height);
  if (sizes.length > 0 && other < 0) return;
  const found =
    sizes.length === 0
      ? 'there are no images'
      : `\`${samples[other]?.id}\` has another size than \`${samples[0]?.id}\``;
  throw new StageError(`\`layout: pixels\` needs images of one size: ${found}`, {
    code: 'E0805',
    hint: 'with: { resize: { width: 64, height: 64 } }',
  });
}
