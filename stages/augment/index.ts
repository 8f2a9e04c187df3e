/**
 * augment: adds changed copies of images, each in the family of its original.
 *
 * What happens to a copy depends on seed, image and number of the copy alone: other images may come and go, copies may be
 * added, and those that were there stay as they are.
 */
import fs from 'node:fs';
import type { Sample } from '../../src/generated/sample.ts';
import type { AugmentParams } from '../../src/generated/stages/augment.ts';
import type { Filled, StageRun } from '../../src/sdk/index.ts';
import { applyOperations } from '../lib/augment/apply.ts';
import { shareCutOff } from '../lib/augment/cut-off.ts';
import { drawOperations, type Operations } from '../lib/augment/draw.ts';
import { type Dataset, openDataset, sized } from '../lib/dataset/read-dataset.ts';
import { type Output, transformDataset } from '../lib/dataset/transform.ts';
import { contactSheet, spreadPlaces } from '../lib/image/contact-sheet.ts';
import { CHANGE } from './change.ts';
import { countCopies, isEligible } from './copies.ts';

const SHEET_ORIGINALS = 8;
const SHEET_COPIES = 5;
const SHEET_PX = 96;
const LOOKED_AT = 40;
/** An object that loses less than this share by turning is whole for all practical purposes. */
const SHARE_LOST = 0.02;

const run: StageRun<Filled<AugmentParams>> = async (context) => {
  const { params, inputs, outputs, random } = context;
  const dataset = openDataset(inputs.dataset ?? '');
  const counts = countCopies(dataset.samples, params.copies, params.balance);
  const plan = dataset.samples.flatMap((sample, from): Output<Operations>[] => {
    const passed: Output<Operations> = { from, sample, make: null };
    return [passed, ...copiesOf(sample, from, counts.get(sample.id) ?? 0)];
  });
  await transformDataset(context, dataset, outputs.dataset ?? '', 'augment', CHANGE, plan);
  fs.writeFileSync(outputs['sheet.png'] ?? '', await drawSheet(dataset, plan));
  const cut = await countCutOff(dataset, params.rotate);
  dataset.close();
  const added = plan.length - dataset.samples.length;
  const where = dataset.info.splits === undefined ? '' : ', in train only';
  const warning = cut === 0 ? '' : `; turning by ${params.rotate} degrees cuts objects off (${cut} of those looked at)`;
  context.note(`${dataset.samples.length} images and ${added} copies${where}${warning}`);

  function copiesOf(original: Sample, from: number, count: number): Output<Operations>[] {
    return Array.from({ length: count }, (_, i) => {
      const copy = i + 1;
      const operations = drawOperations(params, random(params.seed, `augment/${original.id}/${copy}`));
      const id = `${original.id.replace(/\.png$/i, '')}+${copy}.png`;
      const derived = { by: 'augment', copy, operations: { ...operations } };
      return { from, sample: { ...original, id, family: original.id, derived }, make: makeOf(original, operations) };
    });
  }
};
export default run;

/** The operations decide the pixels; how they came about does not matter for the item. */
function makeOf(original: Sample, operations: Operations): NonNullable<Output<Operations>['make']> {
  const { channels } = sized(original);
  return { step: operations, channels, isQuick: !('jpeg' in operations) };
}

function drawSheet(dataset: Dataset, plan: readonly Output<Operations>[]): Promise<Uint8Array> {
  const originals = dataset.samples.flatMap((sample, index) => (isEligible(sample) ? [index] : []));
  const rows = spreadPlaces(originals.length, SHEET_ORIGINALS).map(async (place) => {
    const index = originals[place] as number;
    const raster = await dataset.raster(index);
    const copies = plan.filter(({ from, make }) => from === index && make !== null).slice(0, SHEET_COPIES);
    return [
      raster,
      ...(await Promise.all(copies.map(({ make }) => (make === null ? null : applyOperations(raster, make.step))))),
    ];
  });
  return Promise.all(rows).then((drawn) => contactSheet(drawn, SHEET_PX));
}

async function countCutOff(dataset: Dataset, degrees: number): Promise<number> {
  if (degrees === 0) return 0;
  const originals = dataset.samples.flatMap((sample, index) => (isEligible(sample) ? [index] : []));
  let cut = 0;
  for (const place of spreadPlaces(originals.length, LOOKED_AT)) {
    const raster = await dataset.raster(originals[place] as number);
    if (shareCutOff(raster, degrees) > SHARE_LOST) cut++;
  }
  return cut;
}
