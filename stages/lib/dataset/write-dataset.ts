/** Writes a dataset artifact: the same samples give the same bytes. */
import { hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { DatasetInfo } from '../../../src/generated/dataset.ts';
import type { Sample } from '../../../src/generated/sample.ts';
import { linkOrCopy } from '../../../src/sdk/index.ts';
import { createNpy, type NpyShape, type NpyWriter } from './npy.ts';
import type { Dataset } from './read-dataset.ts';

const LINES_AT_ONCE = 4096;

export interface DatasetWriter {
  /** Absolute path for the file of a sample, its folder made. */
  target(file: string): string;
  /** Starts pixels.npy. */
  pixels(shape: NpyShape): NpyWriter;
  /** Links an image of another dataset into this one. */
  link(from: Dataset, file: string): void;
  /** Writes samples.jsonl, then dataset.json with the counts of what was written. */
  finish(about: Pick<DatasetInfo, 'task' | 'classes' | 'layout' | 'steps'>, samples: readonly Sample[]): DatasetInfo;
}

export function createDataset(folder: string): DatasetWriter {
  fs.mkdirSync(folder, { recursive: true });
  const made = new Set<string>();

  function target(file: string): string {
    const absolute = path.join(folder, file);
    const parent = path.dirname(absolute);
    if (!made.has(parent)) {
      fs.mkdirSync(parent, { recursive: true });
      made.add(parent);
    }
    return absolute;
  }

  return {
    target,
    pixels: (shape) => createNpy(target('pixels.npy'), shape),
    link: (from, file) => linkOrCopy(path.join(from.folder, file), target(file)),
    finish(about, samples) {
      const handle = fs.openSync(path.join(folder, 'samples.jsonl'), 'wx');
      // The text of a million samples is never held as a whole.
      for (let i = 0; i < samples.length; i += LINES_AT_ONCE) {
        const lines = samples.slice(i, i + LINES_AT_ONCE).map((sample) => `${JSON.stringify(ordered(sample))}\n`);
        fs.writeSync(handle, lines.join(''));
      }
      fs.closeSync(handle);
      const info = describe(about, samples);
      fs.writeFileSync(path.join(folder, 'dataset.json'), `${JSON.stringify(info, null, 2)}\n`, { flag: 'wx' });
      return info;
    },
  };
}

/** Digest of one entry of pixels.npy. */
export function pixelsDigest(pixels: Uint8Array): string {
  return hash('sha256', pixels, 'hex');
}

/** Path of the file of a sample with another extension: `ok/a.jpg` becomes `images/ok/a.jpg.png`, `ok/a.png` stays. */
export function pngFile(id: string): string {
  return `images/${/\.png$/i.test(id) ? id : `${id}.png`}`;
}

function describe(
  about: Pick<DatasetInfo, 'task' | 'classes' | 'layout' | 'steps'>,
  samples: readonly Sample[],
): DatasetInfo {
  const splits: Record<string, Record<string, number>> = {};
  for (const sample of samples) {
    if (sample.split !== undefined) splits[sample.split] ??= {};
  }
  for (const name of Object.keys(splits)) {
    splits[name] = countLabels(
      about.classes,
      samples.filter((sample) => sample.split === name),
    );
  }
  return {
    version: 1,
    task: about.task,
    classes: about.classes,
    layout: about.layout,
    shape: commonShape(samples),
    samples: samples.length,
    counts: countLabels(about.classes, samples),
    ...(Object.keys(splits).length > 0 ? { splits } : {}),
    steps: about.steps,
  };
}

function countLabels(classes: readonly string[], samples: readonly Sample[]): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(classes.map((name) => [name, 0]));
  for (const sample of samples) for (const label of sample.labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

function commonShape(samples: readonly Sample[]): DatasetInfo['shape'] {
  let shape: [number, number, number] | null = null;
  for (const { width, height, channels } of samples) {
    if (width === undefined || height === undefined || channels === undefined) continue;
    if (shape === null) shape = [height, width, channels];
    else if (shape[0] !== height || shape[1] !== width || shape[2] !== channels) return 'mixed';
  }
  return shape ?? 'mixed';
}

/** Members in one order, whatever the order in which a stage set them; JSON leaves out those that are undefined. */
function ordered(sample: Sample): Record<string, unknown> {
  const { id, labels, family, group, time, source, content, file, digest, width, height, channels, split, fold } =
    sample;
  const { derived, problem } = sample;
  const size = { width, height, channels };
  return { id, labels, family, group, time, source, content, file, digest, ...size, split, fold, derived, problem };
}
