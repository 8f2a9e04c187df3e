/**
 * ingest: a folder or an archive of images becomes a dataset.
 *
 * Every file is decoded whole once, so that later stages meet no surprise. Files are copied into the dataset as they are;
 * nothing is ever linked to the user's own files.
 */
import fs from 'node:fs';
import type { IngestParams } from '../../src/generated/stages/ingest.ts';
import { type Filled, type StageContext, StageError, type StageRun } from '../../src/sdk/index.ts';
import { createDataset } from '../lib/dataset/write-dataset.ts';
import { mapImages } from '../lib/map-images.ts';
import { withPool } from '../lib/threads/pool.ts';
import type { ImageSource } from './file-read.ts';
import { openSource } from './image-source.ts';
import { type ImageFacts, INSPECTION, inspectImage } from './inspect-image.ts';
import { type Given, givenFor, taskOf } from './labels.ts';
import { listImages } from './list-images.ts';
import { describe, filesTable, type Ingested, sizesTable } from './tables.ts';

type Context = StageContext<Filled<IngestParams>>;

const run: StageRun<Filled<IngestParams>> = async (context) => {
  const source = await openSource(placeOf(context.inputs));
  try {
    await ingest(context, source);
  } finally {
    source.close();
  }
};
export default run;

async function ingest(context: Context, source: ImageSource): Promise<void> {
  const { params, inputs, outputs } = context;
  const listing = listImages(source.names, params.include);
  const given = givenFor(listing, params, inputs);
  const files = listing.images.filter((file) => given.has(file));
  if (files.length === 0) {
    throw new StageError(`no labelled images in \`${params.source ?? 'images'}\``, {
      code: 'E0802',
      hint: 'put the images of each class into a folder of its own below `source`, or give `labels: csv` and a table',
    });
  }
  const classes = orderClasses(given, params.classes);
  const writer = createDataset(outputs.dataset ?? '');
  const ingested = await withPool(context, INSPECTION, (decode) =>
    mapImages(context, files, (file) => {
      const inspect = (bytes: Uint8Array) => inspectImage(context.items, decode, bytes);
      return ingestFile(context, source, file, given.get(file) ?? { labels: [] }, inspect, writer.target);
    }),
  );
  refuseUnreadable(ingested, params.unreadable);
  const all = ingested.map(({ sample }) => sample);
  const samples = params.unreadable === 'drop' ? all.filter(({ problem }) => problem === undefined) : all;
  writer.finish({ task: taskOf(samples, classes), classes, layout: 'images', steps: ['ingest'] }, samples);
  fs.writeFileSync(outputs['files.csv'] ?? '', filesTable(ingested));
  fs.writeFileSync(outputs['sizes.csv'] ?? '', sizesTable(samples));
  context.note(describe(ingested, samples, classes, listing.ignored));
}

function placeOf({ source, images }: Context['inputs']): string {
  const given = [source, images].filter((each) => each !== undefined);
  if (given[0] !== undefined && given.length === 1) return given[0];
  throw new StageError(given.length === 0 ? 'there are no images to read' : 'images are given twice', {
    code: 'E0802',
    hint: 'give either `source`, a folder of the project, or `from`, a stage that makes a folder',
  });
}

/** One file: its facts and its copy come from the item cache when these bytes were seen before, under whatever name. */
async function ingestFile(
  context: Context,
  source: ImageSource,
  file: string,
  given: Given,
  inspect: (bytes: Uint8Array) => Promise<ImageFacts>,
  target: (file: string) => string,
): Promise<Ingested> {
  const read = source.read(file);
  const identity = { ...given, id: file, labels: [...given.labels], family: file };
  if ('problem' in read) return { sample: { ...identity, ...read }, format: null, sizeBytes: null };
  const { bytes } = read;
  const facts = await inspect(bytes);
  const seen = { format: facts.format, sizeBytes: bytes.length };
  if ('problem' in facts) {
    return { sample: { ...identity, source: facts.source, problem: facts.problem }, ...seen };
  }
  const { width, height, channels, content } = facts;
  const image = `images/${file}`;
  const digest = await context.items.file({ file: facts.source }, target(image), () => bytes);
  const sample = { ...identity, source: facts.source, content, file: image, digest, width, height, channels };
  return { sample, ...seen };
}

/** Where nothing can be read, something other than the images is wrong, whatever `unreadable` says. */
function refuseUnreadable(ingested: readonly Ingested[], unreadable: IngestParams['unreadable']): void {
  const bad = ingested.filter(({ sample }) => sample.problem !== undefined);
  const first = bad[0]?.sample;
  if (first === undefined || (unreadable !== 'fail' && bad.length < ingested.length)) return;
  const words = `\`${first.id}\` cannot be decoded: ${first.problem}`;
  if (bad.length === ingested.length && bad.length > 1) {
    throw new StageError(`none of ${bad.length} images can be decoded; ${words}`, {
      code: 'E0804',
      hint: 'open one of them in an image viewer',
    });
  }
  throw new StageError(`${words}${bad.length > 1 ? ` (and ${bad.length - 1} more)` : ''}`, {
    code: 'E0804',
    hint: 'use `unreadable: drop`, or `keep` and a `filter` stage',
  });
}

function orderClasses(given: ReadonlyMap<string, Given>, wanted: readonly string[]): string[] {
  const found = new Set<string>();
  for (const { labels } of given.values()) for (const label of labels) found.add(label);
  const names = [...found].sort();
  if (wanted.length === 0) return names;
  const missing = names.find((name) => !wanted.includes(name));
  if (missing !== undefined) {
    throw new StageError(`images are labelled \`${missing}\`, which is not among \`classes\``, {
      code: 'E0803',
      hint: `add \`${missing}\` to \`classes\`, or leave \`classes\` out`,
    });
  }
  return [...wanted];
}
