/** Writes the images that stay as one array. */
import type { DatasetInfo } from '../../src/generated/dataset.ts';
import type { Sample } from '../../src/generated/sample.ts';
import { type StageContext, StageError } from '../../src/sdk/index.ts';
import type { Carried } from '../lib/dataset/carry.ts';
import { type Dataset, sized } from '../lib/dataset/read-dataset.ts';
import { createDataset, pixelsDigest } from '../lib/dataset/write-dataset.ts';
import { withChannels } from '../lib/image/raster.ts';
import { mapImages } from '../lib/map-images.ts';

type Context = Pick<StageContext, 'items' | 'threads' | 'signal' | 'progress'>;

/** Grey images among coloured ones get three equal channels. */
export async function writePixels(
  context: Context,
  from: Dataset,
  folder: string,
  carried: readonly Carried[],
  about: Pick<DatasetInfo, 'task' | 'classes'>,
): Promise<DatasetInfo> {
  const sizes = carried.map(({ sample }) => sized(sample));
  const [first] = sizes;
  const other = carried.find((_, i) => sizes[i]?.width !== first?.width || sizes[i]?.height !== first?.height);
  if (first === undefined || other !== undefined) {
    const found =
      first === undefined
        ? 'there are no images'
        : `\`${other?.sample.id}\` has another size than \`${carried[0]?.sample.id}\``;
    throw new StageError(`\`layout: pixels\` needs images of one size: ${found}`, {
      code: 'E0805',
      hint: 'with: { dimensions: modal, layout: pixels }',
    });
  }
  const { width, height } = first;
  const channels = sizes.some((size) => size.channels === 3) ? 3 : 1;
  const writer = createDataset(folder);
  const pixels = writer.pixels([carried.length, height, width, channels]);
  const samples = await mapImages(context, carried, async ({ index, sample }, place): Promise<Sample> => {
    const { digest } = sized(sample);
    const data = await context.items.bytes(
      { digest, channels },
      async () => withChannels(await from.raster(index), channels).data,
    );
    pixels.write(place, data);
    const { file: _, ...rest } = sample;
    return { ...rest, digest: pixelsDigest(data), channels };
  });
  pixels.close();
  return writer.finish({ ...about, layout: 'pixels', steps: [...from.info.steps, 'filter'] }, samples);
}
