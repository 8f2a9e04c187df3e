/**
 * Makes a dataset from another one image by image, in either layout, through the item cache.
 *
 * What image-wise stages share: they say which samples come out and how the pixels of each are made, in as many threads as the
 * stage may keep busy; an image that is known from an earlier run costs a link (images) or a copy of its bytes (pixels).
 */
import type { DatasetInfo } from '../../../src/generated/dataset.ts';
import type { Sample } from '../../../src/generated/sample.ts';
import type { Json, StageContext } from '../../../src/sdk/index.ts';
import type { Size } from '../image/resize.ts';
import { mapImages } from '../map-images.ts';
import { withPool } from '../threads/pool.ts';
import type { Change, Changed, ChangeJob, ChangePart } from './change.ts';
import { type Dataset, imageKey, sized } from './read-dataset.ts';
import { createDataset, pixelsDigest, pngFile } from './write-dataset.ts';

export interface Output<Step extends Json = Json> {
  /** Place of the image it is made from. */
  readonly from: number;
  /** What it is in the new dataset; size, file and digest are filled in. */
  readonly sample: Sample;
  /** Null: the image passes through as it is. */
  readonly make: Make<Step> | null;
}

export interface Make<Step extends Json = Json> {
  /** What is done: with the image's bytes, code and params all that the result depends on. */
  readonly step: Step;
  readonly channels: 1 | 3;
  /** Size of the result, when it is not that of the image. */
  readonly size?: Size;
  /** It takes about as long as reading the result back: where the pixels are at hand it is not remembered. */
  readonly isQuick?: boolean;
}

/** Pixels of what one job makes: it holds them all at once. */
const JOB_BYTES = 1 << 20;

type Context = Pick<StageContext, 'items' | 'threads' | 'signal' | 'progress'>;
type Run<Step> = (job: ChangeJob<Step>) => Promise<Changed>;
type MakeOne<Step> = (from: number, step: Step) => Promise<MadeOne>;

interface MadeOne {
  readonly bytes: Uint8Array;
  /** Of pixels. */
  readonly digest?: string | undefined;
}

/**
 * @param name    of the stage.
 * @param change  does the step of one image.
 * @param layout  of the result; for `pixels` all results must have one size and number of channels.
 */
export async function transformDataset<Step extends Json>(
  context: Context,
  from: Dataset,
  folder: string,
  name: string,
  change: Change<Step>,
  outputs: readonly Output<Step>[],
  layout: DatasetInfo['layout'] = from.info.layout,
): Promise<DatasetInfo> {
  const { task, classes, steps } = from.info;
  const writer = createDataset(folder);
  const batches = inBatches(outputs, from.info.layout === 'pixels');
  const samples = await withPool(context, change, async (run) => {
    const produce = layout === 'images' ? imageProducer(run) : pixelProducer(run);
    const made = await mapImages(counting(context, outputs.length), batches, produce.batch);
    produce.end();
    return made.flat();
  });
  return writer.finish({ task, classes, layout, steps: [...steps, name] }, samples);

  function imageProducer(run: Run<Step>) {
    const one = async ({ from: index, sample, make }: Output<Step>, makeOne: MakeOne<Step>): Promise<Sample> => {
      const source = sourceOf(index);
      if (make === null) {
        writer.link(from, source.file ?? '');
        return sample;
      }
      const { width, height } = make.size ?? sized(source);
      const file = pngFile(sample.id);
      const target = writer.target(file);
      const made = await context.items.file([imageKey(source), make.step], target, async () => {
        return (await makeOne(index, make.step)).bytes;
      });
      return { ...sample, file, digest: made, width, height, channels: make.channels };
    };
    return {
      batch(batch: Batch<Step>): Promise<Sample[]> {
        const makeOne = together<Step>(from, (parts) => run({ parts, as: 'png' }));
        return Promise.all(batch.outputs.map((output) => one(output, makeOne)));
      },
      end() {},
    };
  }

  function pixelProducer(run: Run<Step>) {
    const first = outputs[0];
    const old = sized(sourceOf(first?.from ?? 0));
    const { width, height } = first?.make?.size ?? old;
    const pixels = writer.pixels([outputs.length, height, width, first?.make?.channels ?? old.channels]);
    const one = async ({ from: index, make }: Output<Step>, makeOne: MakeOne<Step>): Promise<MadeOne> => {
      if (make === null) return { bytes: (await from.raster(index)).data };
      if (make.isQuick && from.info.layout === 'pixels') return makeOne(index, make.step);
      let digest: string | undefined;
      const bytes = await context.items.bytes([imageKey(sourceOf(index)), make.step], async () => {
        const made = await makeOne(index, make.step);
        digest = made.digest;
        return made.bytes;
      });
      return { bytes, digest };
    };
    return {
      async batch(batch: Batch<Step>): Promise<Sample[]> {
        const makeOne = together<Step>(from, (parts) => run({ parts, as: 'pixels' }));
        const made = await Promise.all(batch.outputs.map((output) => one(output, makeOne)));
        pixels.write(batch.place, ...made.map(({ bytes }) => bytes));
        return batch.outputs.map(({ sample, make }, i) => {
          if (make === null) return sample;
          const { file: _, ...rest } = sample;
          const { bytes, digest = pixelsDigest(bytes) } = made[i] as MadeOne;
          return { ...rest, digest, width, height, channels: make.channels };
        });
      },
      end: () => pixels.close(),
    };
  }

  function sourceOf(index: number): Sample {
    const sample = from.samples[index];
    if (sample === undefined) throw new RangeError(`no sample ${index}`);
    return sample;
  }
}

/** Outputs that follow one another, as many as one job makes. */
interface Batch<Step extends Json> {
  /** Of the first among all outputs. */
  readonly place: number;
  readonly outputs: Output<Step>[];
}

/** @param mixed  whether one job takes several images: those that must be decoded are enough work each. */
function inBatches<Step extends Json>(outputs: readonly Output<Step>[], mixed: boolean): Batch<Step>[] {
  const batches: Batch<Step>[] = [];
  let bytes = 0;
  outputs.forEach((output, place) => {
    const { width = 0, height = 0 } = output.make?.size ?? output.sample;
    const size = width * height * 3;
    const last = batches.at(-1)?.outputs;
    bytes += size;
    if (last !== undefined && (mixed || last[0]?.from === output.from) && bytes <= JOB_BYTES) last.push(output);
    else {
      batches.push({ place, outputs: [output] });
      bytes = size;
    }
  });
  return batches;
}

/** Makes one job of all that is asked for at once. */
function together<Step extends Json>(
  dataset: Dataset,
  run: (parts: ChangePart<Step>[]) => Promise<Changed>,
): MakeOne<Step> {
  const wanted: { from: number; steps: Step[] }[] = [];
  let count = 0;
  let making: Promise<Changed> | null = null;
  const start = () => run(wanted.map(({ from, steps }) => ({ image: dataset.image(from), steps })));
  return async (from, step) => {
    const last = wanted.at(-1);
    if (last?.from === from) last.steps.push(step);
    else wanted.push({ from, steps: [step] });
    const place = count++;
    making ??= Promise.resolve().then(start);
    const { bytes, ends, digests } = await making;
    return { bytes: bytes.subarray(ends[place - 1] ?? 0, ends[place]), digest: digests[place] };
  };
}

/** A batch counts for its images. */
function counting(context: Context, images: number): Context {
  const { items, threads, signal } = context;
  const progress: Context['progress'] = (done, batches, unit) => {
    context.progress(Math.round((done / batches) * images), images, unit);
  };
  return { items, threads, signal, progress };
}
