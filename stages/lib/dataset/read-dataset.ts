/** Opens a dataset artifact for reading. */
import fs from 'node:fs';
import path from 'node:path';
import type { DatasetInfo } from '../../../src/generated/dataset.ts';
import type { Sample } from '../../../src/generated/sample.ts';
import { type Json, StageError } from '../../../src/sdk/index.ts';
import type { Raster } from '../image/raster.ts';
import { readLines } from '../read-text.ts';
import { type ImageSource, readImage } from './change.ts';
import { type NpyFile, openNpy } from './npy.ts';

export interface Dataset {
  readonly folder: string;
  readonly info: DatasetInfo;
  readonly samples: readonly Sample[];
  /** @throws StageError when the sample is unreadable or damaged. */
  raster(index: number): Promise<Raster>;
  /** The same image for a job in another thread. @throws StageError when the sample is unreadable. */
  image(index: number): ImageSource;
  close(): void;
}

/** @throws StageError when the folder is no dataset artifact. */
export function openDataset(folder: string): Dataset {
  const info = readInfo(folder);
  const samples = [...readSamples(folder)];
  if (samples.length !== info.samples) {
    throw unreadable(folder, `dataset.json announces ${info.samples} samples, samples.jsonl holds ${samples.length}`);
  }
  let pixels: NpyFile | null = null;

  return {
    folder,
    info,
    samples,
    raster: async (index) => readImage(image(index)),
    image,
    close() {
      pixels?.close();
      pixels = null;
    },
  };

  function image(index: number): ImageSource {
    const sample = samples[index];
    if (sample === undefined) throw new RangeError(`no sample ${index} in ${folder}`);
    const { width, height, channels } = sized(sample);
    if (info.layout === 'images') return path.join(folder, sample.file ?? '');
    pixels ??= openNpy(path.join(folder, 'pixels.npy'));
    const data = new Uint8Array(pixels.entryBytes);
    pixels.read(index, data);
    return { width, height, channels, data };
  }
}

/** Size and digest of a sample. @throws StageError for a sample whose image cannot be read. */
export function sized(sample: Sample): { width: number; height: number; channels: 1 | 3; digest: string } {
  const { width, height, channels, digest } = sample;
  if (width === undefined || height === undefined || channels === undefined || digest === undefined) {
    throw new StageError(`\`${sample.id}\` cannot be read: ${sample.problem ?? 'its size is not known'}`, {
      code: 'E0804',
      hint: 'put a `filter` stage with `unreadable: drop` after `ingest`',
    });
  }
  return { width, height, channels, digest };
}

/** What tells an image from all others: equal bytes of pixels can have several shapes. @throws StageError as `sized`. */
export function imageKey(sample: Sample): Json {
  const { digest, width, height, channels } = sized(sample);
  return [digest, width, height, channels];
}

/** An original has no other image it was made from. */
export function isOriginal(sample: Sample): boolean {
  return sample.family === sample.id;
}

function readInfo(folder: string): DatasetInfo {
  const file = path.join(folder, 'dataset.json');
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    throw unreadable(folder, 'it holds no dataset.json');
  }
  const info = JSON.parse(text) as DatasetInfo;
  if (info.version !== 1) throw unreadable(folder, `dataset.json has version ${info.version}, expected 1`);
  return info;
}

function* readSamples(folder: string): Generator<Sample> {
  for (const line of readLines(path.join(folder, 'samples.jsonl'))) if (line !== '') yield JSON.parse(line) as Sample;
}

function unreadable(folder: string, why: string): StageError {
  return new StageError(`\`${folder}\` is no dataset: ${why}`, {
    code: 'E0801',
    hint: 'name a stage that makes a dataset under `from`, such as `ingest`',
  });
}
