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
import type { Change, ChangeJob } from './change.ts';
import { type Dataset, sized } from './read-dataset.ts';
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
}

type Context = Pick<StageContext, 'items' | 'threads' | 'signal' | 'progress'>;
type Run<Step> = (job: ChangeJob<Step>) => Promise<Uint8Array>;

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
  const samples = await withPool(context, change, async (run) => {
    const produce = layout === 'images' ? imageProducer(run) : pixelProducer(run);
    const made = await mapImages(context, outputs, produce.one);
    produce.end();
    return made;
  });
  return writer.finish({ task, classes, layout, steps: [...steps, name] }, samples);

  function imageProducer(run: Run<Step>) {
    return {
      async one({ from: index, sample, make }: Output<Step>): Promise<Sample> {
        const source = sourceOf(index);
        if (make === null) {
          writer.link(from, source.file ?? '');
          return sample;
        }
        const { digest, ...old } = sized(source);
        const { width, height } = make.size ?? old;
        const file = pngFile(sample.id);
        const target = writer.target(file);
        const made = await context.items.file([digest, make.step], target, () =>
          run({ image: from.image(index), step: make.step, as: 'png' }),
        );
        return { ...sample, file, digest: made, width, height, channels: make.channels };
      },
      end() {},
    };
  }

  function pixelProducer(run: Run<Step>) {
    const first = outputs[0];
    const old = sized(sourceOf(first?.from ?? 0));
    const { width, height } = first?.make?.size ?? old;
    const pixels = writer.pixels([outputs.length, height, width, first?.make?.channels ?? old.channels]);
    return {
      async one({ from: index, sample, make }: Output<Step>, place: number): Promise<Sample> {
        if (make === null) {
          pixels.write(place, (await from.raster(index)).data);
          return sample;
        }
        const { digest } = sized(sourceOf(index));
        const data = await context.items.bytes([digest, make.step], () =>
          run({ image: from.image(index), step: make.step, as: 'pixels' }),
        );
        pixels.write(place, data);
        const { file: _, ...rest } = sample;
        return { ...rest, digest: pixelsDigest(data), width, height, channels: make.channels };
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
