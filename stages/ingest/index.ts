/**
 * ingest: a folder of images becomes a dataset.
 *
 * Every file is decoded whole once, so that later stages meet no surprise. Files are copied into the dataset as they are;
 * nothing is ever linked to the user's own files.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Sample } from '../../src/generated/sample.ts';
import type { IngestParams } from '../../src/generated/stages/ingest.ts';
import { type Filled, type StageContext, StageError, type StageRun } from '../../src/sdk/index.ts';
import { formatCsv } from '../lib/csv.ts';
import { createDataset } from '../lib/dataset/write-dataset.ts';
import { mapImages } from '../lib/map-images.ts';
import { inspectImage } from './inspect-image.ts';
import { type Given, givenFor, taskOf } from './labels.ts';
import { listImages } from './list-images.ts';

type Context = StageContext<Filled<IngestParams>>;

interface Ingested {
  readonly sample: Sample;
  readonly sizeBytes: number;
}

const run: StageRun<Filled<IngestParams>> = async (context) => {
  const { params, inputs, outputs } = context;
  const source = sourceOf(inputs);
  const listed = listImages(source, params.include);
  const given = givenFor(listed.images, params, inputs);
  const files = listed.images.filter((file) => given.has(file));
  if (files.length === 0) {
    throw new StageError(`no labelled images in \`${params.source ?? 'images'}\``, {
      code: 'E0802',
      hint: 'put the images of each class into a folder of its own below `source`, or give `labels: csv` and a table',
    });
  }
  const classes = orderClasses(
    [...given.values()].flatMap(({ labels }) => labels),
    params.classes,
  );
  const writer = createDataset(outputs.dataset ?? '');
  const ingested = await mapImages(context, files, (file) =>
    ingestFile(context, source, file, given.get(file) ?? { labels: [] }, writer.target),
  );

  const bad = ingested.filter(({ sample }) => sample.problem !== undefined);
  if (params.unreadable === 'fail' && bad[0] !== undefined) {
    const { id, problem } = bad[0].sample;
    throw new StageError(
      `\`${id}\` cannot be decoded: ${problem}${bad.length > 1 ? ` (and ${bad.length - 1} more)` : ''}`,
      {
        code: 'E0804',
        hint: 'use `unreadable: drop`, or `keep` and a `filter` stage',
      },
    );
  }
  const kept = params.unreadable === 'drop' ? ingested.filter(({ sample }) => sample.problem === undefined) : ingested;
  const samples = kept.map(({ sample }) => sample);
  const task = taskOf(samples, classes);
  writer.finish({ task, classes, layout: 'images', steps: ['ingest'] }, samples);
  fs.writeFileSync(outputs['files.csv'] ?? '', filesTable(ingested));
  fs.writeFileSync(outputs['sizes.csv'] ?? '', sizesTable(samples));
  context.note(describe(samples, classes, bad.length, listed.ignored));
};
export default run;

function sourceOf({ source, images }: Context['inputs']): string {
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
  source: string,
  file: string,
  given: Given,
  target: (file: string) => string,
): Promise<Ingested> {
  const bytes = fs.readFileSync(path.join(source, file));
  const facts = await inspectImage(context.items, bytes);
  const identity = { ...given, id: file, labels: [...given.labels], family: file, source: facts.source };
  if ('problem' in facts) return { sample: { ...identity, problem: facts.problem }, sizeBytes: bytes.length };
  const { width, height, channels, content } = facts;
  const image = `images/${file}`;
  const digest = await context.items.file({ file: facts.source }, target(image), () => bytes);
  return { sample: { ...identity, content, file: image, digest, width, height, channels }, sizeBytes: bytes.length };
}

function orderClasses(found: readonly string[], wanted: readonly string[]): string[] {
  const names = [...new Set(found)].sort();
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

function filesTable(ingested: readonly Ingested[]): string {
  const header = ['file', 'labels', 'width', 'height', 'channels', 'bytes', 'problem'];
  const rows = ingested.map(({ sample, sizeBytes }) => [
    sample.id,
    sample.labels.join(';'),
    sample.width ?? '',
    sample.height ?? '',
    sample.channels ?? '',
    sizeBytes,
    sample.problem ?? '',
  ]);
  return formatCsv(header, rows);
}

function sizesTable(samples: readonly Sample[]): string {
  const counts = new Map<string, number>();
  for (const { width, height, channels } of samples) {
    if (width === undefined) continue;
    const size = `${width},${height},${channels}`;
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  const rows = [...counts].map(([size, count]) => [...size.split(',').map(Number), count]);
  rows.sort((a, b) => (b[3] ?? 0) - (a[3] ?? 0) || (b[0] ?? 0) - (a[0] ?? 0) || (b[1] ?? 0) - (a[1] ?? 0));
  return formatCsv(['width', 'height', 'channels', 'count'], rows);
}

function describe(samples: readonly Sample[], classes: readonly string[], unreadable: number, ignored: number): string {
  const distinct = new Set(samples.flatMap(({ content }) => (content === undefined ? [] : [content])));
  const readable = samples.filter(({ content }) => content !== undefined).length;
  const parts = [`${samples.length} images, ${classes.length} classes`];
  if (unreadable > 0) parts.push(`${unreadable} unreadable`);
  if (distinct.size < readable) parts.push(plural(readable - distinct.size, 'exact duplicate'));
  if (ignored > 0) parts.push(`${plural(ignored, 'other file')} ignored`);
  return parts.join(', ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
