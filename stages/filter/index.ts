/** filter: leaves out images that do not belong, and says which and why. */
import fs from 'node:fs';
import type { DatasetInfo } from '../../src/generated/dataset.ts';
import type { Sample } from '../../src/generated/sample.ts';
import type { FilterParams } from '../../src/generated/stages/filter.ts';
import { type Filled, StageError, type StageRun } from '../../src/sdk/index.ts';
import { formatCsv } from '../lib/csv.ts';
import { type Carried, carrySamples } from '../lib/dataset/carry.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { type Measures, measureImages } from '../lib/image/measure-image.ts';
import { chooseDrops, DROP_REASONS, type DropReason } from './choose-drops.ts';
import { droppedSheet } from './dropped-sheet.ts';
import { writePixels } from './write-pixels.ts';

type About = Pick<DatasetInfo, 'task' | 'classes'>;

const run: StageRun<Filled<FilterParams>> = async (context) => {
  const { params, inputs, outputs } = context;
  const dataset = openDataset(inputs.dataset ?? '');
  const bad = dataset.samples.filter(({ problem }) => problem !== undefined);
  if (params.unreadable === 'fail' && bad[0] !== undefined) {
    throw new StageError(
      `\`${bad[0].id}\` cannot be decoded: ${bad[0].problem}${bad.length > 1 ? ` (and ${bad.length - 1} more)` : ''}`,
      {
        code: 'E0804',
        hint: 'use `unreadable: drop`, or mend the file',
      },
    );
  }
  const places = new Map(dataset.samples.map(({ id }, index) => [id, index]));
  // Measures depend on the pixels alone, whatever the rules are.
  const items = context.itemsFor('measures');
  const drops = await chooseDrops(dataset.samples, params, async (samples) => {
    const asked = samples.map(({ id }) => places.get(id) as number);
    const measured = await measureImages(context, items, dataset, asked);
    return new Map(samples.map(({ id }, i) => [id, measured[i] as Measures]));
  });
  const carried = dataset.samples.flatMap((sample, index) => (drops.has(sample.id) ? [] : [{ index, sample }]));
  const because = countReasons(drops);
  if (carried.length === 0) {
    throw new StageError(`no image is left: ${because.join(', ') || 'there were none'}`, {
      code: 'E0873',
      hint: 'ask for less, or have fewer conditions; `audit` shows what the images are like',
    });
  }
  const folder = outputs.dataset ?? '';
  const about = whatIsLeft(dataset.info, carried);
  if (params.layout === 'pixels' && dataset.info.layout === 'images')
    await writePixels(context, dataset, folder, carried, about);
  else carrySamples(dataset, folder, 'filter', carried, about);
  fs.writeFileSync(outputs['dropped.png'] ?? '', await droppedSheet(dataset, drops));
  dataset.close();

  fs.writeFileSync(outputs['kept.csv'] ?? '', keptTable(dataset.samples, drops, dataset.info.classes));
  const dropped = dataset.samples.filter(({ id }) => drops.has(id));
  const rows = dropped.map(({ id, labels }) => [id, labels.join(';'), drops.get(id) ?? '']);
  fs.writeFileSync(outputs['dropped.csv'] ?? '', formatCsv(['id', 'labels', 'reason'], rows));
  const gone = dataset.info.classes
    .filter((name) => !about.classes.includes(name))
    .map((name) => `no \`${name}\` left`);
  context.note([`kept ${carried.length} of ${dataset.samples.length} images`, ...because, ...gone].join(', '));
};
export default run;

/** `2 blurred`, in the order of the reasons. */
function countReasons(drops: ReadonlyMap<string, DropReason>): string[] {
  const found = [...drops.values()];
  return DROP_REASONS.flatMap((reason) => {
    const count = found.filter((each) => each === reason).length;
    return count > 0 ? [`${count} ${reason}`] : [];
  });
}

/** A class that lost all its images is none to be told apart any more; one that never had an image stays announced. */
function whatIsLeft({ task, classes, counts }: DatasetInfo, carried: readonly Carried[]): About {
  const left = new Set(carried.flatMap(({ sample }) => sample.labels));
  const still = classes.filter((name) => left.has(name) || (counts[name] ?? 0) === 0);
  if (task === 'multi-label') return { task, classes: still };
  return { task: still.length === 2 ? 'binary' : 'multi-class', classes: still };
}

function keptTable(
  samples: readonly Sample[],
  drops: ReadonlyMap<string, DropReason>,
  classes: readonly string[],
): string {
  const rows = classes.map((name) => {
    const members = samples.filter(({ labels }) => labels.includes(name));
    const counts = DROP_REASONS.map((reason) => members.filter(({ id }) => drops.get(id) === reason).length);
    return [name, members.filter(({ id }) => !drops.has(id)).length, ...counts];
  });
  return formatCsv(['class', 'kept', ...DROP_REASONS], rows);
}
