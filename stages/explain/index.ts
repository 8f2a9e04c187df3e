/**
 * explain: where a network sees its answers, and whether the maps that show it can be believed.
 *
 * "My data or my code?" has an answer when a map is not conclusive: if maps of random weights look the same, or blanking what a map
 * points to changes nothing, the map is no evidence of anything.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { ExplainParams } from '../../src/generated/stages/explain.ts';
import { type Filled, type StageContext, StageError, type StageRun } from '../../src/sdk/index.ts';
import { openBackend } from '../lib/backend/open-backend.ts';
import { formatCsv } from '../lib/csv.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { openSingleClassifier } from '../lib/evaluation/single-classifier.ts';
import { contactSheet, spreadPlaces } from '../lib/image/contact-sheet.ts';
import { encodePng, type Raster, withChannels } from '../lib/image/raster.ts';
import { readEnsemble } from '../lib/training/ensemble-file.ts';
import { type Inputs, loadInputs } from '../lib/training/inputs.ts';
import { loadModel } from '../lib/training/model-file.ts';
import { rankCorrelation } from './checks.ts';
import { type Checked, checkDeletion, type Eye, mapsOf, mean, randomise } from './eye.ts';
import { beside, overlay } from './overlay.ts';
import { openFastSight, openSight } from './sight.ts';

type Params = Filled<ExplainParams>;

const SHEET_PX = 96;
const BATCH_IMAGES = 64;

const run: StageRun<Params> = async (context) => {
  const { params, inputs, outputs } = context;
  const dataset = openDataset(inputs.dataset ?? '');
  const images = await loadInputs(dataset, ({ split }) => split === params.split, context);
  const { classes } = dataset.info;
  dataset.close();
  if (images.samples.length === 0) {
    throw new StageError(`the dataset has no ${params.split} images`, {
      code: 'E0807',
      hint: 'put a `split` stage before `train`',
    });
  }
  const backend = await openBackend({ threads: context.threads });
  context.provenance('backend', backend.provenance);
  // Maps show one network at work: of an ensemble its first member.
  const [member] = readEnsemble(inputs.model ?? '')?.members ?? [];
  const folder = path.join(inputs.model ?? '', member?.path ?? '');
  const classifier = await openSingleClassifier(context, backend, folder);
  const probabilities = await classifier.see(images, BATCH_IMAGES);
  await classifier.close();
  const { model, about } = await loadModel(backend, folder);
  const sight = await openFastSight(context, backend, model, folder);
  const eye: Eye = { backend, sight, about };

  const chosen = chooseImages(images, probabilities, classes.length, params.images);
  const asked = chosen.map(({ answer }) => answer);
  const places = chosen.map(({ place }) => place);
  const maps = await mapsOf(eye, images, places, asked, context);
  const checks: Checked[] = [];
  for (const [i, place] of places.entries()) {
    const random = context.random(params.seed, `explain/order/${images.samples[place]?.id}`);
    checks.push(await checkDeletion(eye, images, place, asked[i] as number, maps[i] as Float32Array, random));
    context.progress(i + 1, places.length, 'images');
  }
  sight.close();
  await randomise(backend, model, context.random(params.seed, 'explain/weights'));
  const blind = await mapsOf({ ...eye, sight: openSight(backend, model) }, images, places, asked, context);
  const likeness = maps.map((map, i) => rankCorrelation(map, blind[i] as Float32Array));
  model.dispose();

  await writeMaps(context, images, places, maps, sight.size);
  const rows = chosen.map(({ place, answer, isRight }, i) => [
    images.samples[place]?.id ?? '',
    images.samples[place]?.labels.join(';') ?? '',
    classes[answer] ?? '',
    isRight ? 'right' : 'wrong',
    (likeness[i] as number).toFixed(4),
    (checks[i]?.deletion ?? 0).toFixed(4),
    (checks[i]?.atRandom ?? 0).toFixed(4),
  ]);
  const header = ['id', 'label', 'answer', 'verdict', 'likenessToRandomWeights', 'deletion', 'deletionAtRandom'];
  fs.writeFileSync(outputs['explanations.csv'] ?? '', formatCsv(header, rows));
  const summary = {
    images: chosen.length,
    likenessToRandomWeights: mean(likeness),
    deletion: mean(checks.map(({ deletion }) => deletion)),
    deletionAtRandom: mean(checks.map(({ atRandom }) => atRandom)),
  };
  fs.writeFileSync(outputs['metrics.json'] ?? '', `${JSON.stringify(summary, null, 2)}\n`);
  context.note(`${verdict(summary)}${member === undefined ? '' : `; of the ensemble, \`${member.path}\``}`);
};
export default run;

interface Chosen {
  readonly place: number;
  readonly answer: number;
  readonly isRight: boolean;
}

/** The worst errors first, up to half; the rest evenly over the right answers. Of several labels the most probable is asked for. */
function chooseImages(images: Inputs, probabilities: Float32Array, classes: number, most: number): Chosen[] {
  const answers = images.samples.map((_, place): Chosen & { readonly sure: number } => {
    const row = probabilities.subarray(place * classes, (place + 1) * classes);
    const sure = Math.max(...row);
    const answer = row.indexOf(sure);
    const isRight =
      images.truth === undefined ? images.labels[place] === answer : images.truth[place * classes + answer] === 1;
    return { place, answer, isRight, sure };
  });
  const wrong = answers.filter(({ isRight }) => !isRight).sort((a, b) => b.sure - a.sure || a.place - b.place);
  const shown = wrong.slice(0, Math.ceil(most / 2));
  const right = answers.filter(({ isRight }) => isRight);
  return [...shown, ...spreadPlaces(right.length, most - shown.length).map((at) => right[at] as Chosen)];
}

async function writeMaps(
  { outputs }: Pick<StageContext, 'outputs'>,
  images: Inputs,
  places: readonly number[],
  maps: readonly Float32Array[],
  size: readonly [number, number],
): Promise<void> {
  const [height, width, channels] = images.shape;
  const bytes = height * width * channels;
  const above: Raster[] = [];
  const below: Raster[] = [];
  for (const [i, place] of places.entries()) {
    const data = images.pixels.subarray(place * bytes, (place + 1) * bytes);
    const raster = withChannels({ width, height, channels: channels === 1 ? 1 : 3, data }, 3);
    const over = overlay(raster, maps[i] as Float32Array, size);
    const file = path.join(outputs.maps ?? '', `${images.samples[place]?.id.replace(/\.\w+$/, '')}.png`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, await encodePng(beside(raster, over)));
    above.push(raster);
    below.push(over);
  }
  const rows: Raster[][] = [];
  for (let start = 0; start < above.length; start += 8)
    rows.push(above.slice(start, start + 8), below.slice(start, start + 8));
  fs.writeFileSync(outputs['sheet.png'] ?? '', await contactSheet(rows, SHEET_PX));
}

interface Summary {
  readonly images: number;
  readonly likenessToRandomWeights: number;
  readonly deletion: number;
  readonly deletionAtRandom: number;
}

/** Maps can be believed when they depend on what was learned and point to what matters. */
function verdict({ images, likenessToRandomWeights: likeness, deletion, deletionAtRandom }: Summary): string {
  const learned = likeness < 0.5;
  const matters = deletion < deletionAtRandom;
  const words = learned
    ? matters
      ? 'the maps depend on the weights and point to what matters'
      : 'the maps depend on the weights, but what they point to matters no more than any other place'
    : 'the maps look like those of random weights: they show the images, not what was learned';
  return `${images} images; ${words}`;
}
