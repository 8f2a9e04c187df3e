/** Passes samples of one dataset on to another unchanged: what stages that only choose or mark samples do. */
import path from 'node:path';
import type { DatasetInfo } from '../../../src/generated/dataset.ts';
import type { Sample } from '../../../src/generated/sample.ts';
import { linkOrCopy } from '../../../src/sdk/index.ts';
import { openNpy } from './npy.ts';
import type { Dataset } from './read-dataset.ts';
import { createDataset } from './write-dataset.ts';

/** A sample to pass on: its place in the dataset it comes from, and the line it gets. */
export interface Carried {
  readonly index: number;
  readonly sample: Sample;
}

/**
 * Images are linked; pixels.npy is linked when every sample is kept in order, else its entries are copied.
 *
 * @param about  what the samples are now told apart by.
 */
export function carrySamples(
  from: Dataset,
  folder: string,
  step: string,
  carried: readonly Carried[],
  about: Pick<DatasetInfo, 'task' | 'classes'> = from.info,
): DatasetInfo {
  const writer = createDataset(folder);
  if (from.info.layout === 'images') {
    for (const { sample } of carried) if (sample.file !== undefined) writer.link(from, sample.file);
  } else if (carried.length === from.samples.length && carried.every(({ index }, place) => index === place)) {
    linkOrCopy(path.join(from.folder, 'pixels.npy'), writer.target('pixels.npy'));
  } else {
    copyEntries(from, carried, writer);
  }
  const { layout, steps } = from.info;
  const { task, classes } = about;
  return writer.finish(
    { task, classes, layout, steps: [...steps, step] },
    carried.map(({ sample }) => sample),
  );
}

function copyEntries(from: Dataset, carried: readonly Carried[], writer: ReturnType<typeof createDataset>): void {
  const source = openNpy(path.join(from.folder, 'pixels.npy'));
  const [, height, width, channels] = source.shape;
  const target = writer.pixels([carried.length, height, width, channels]);
  const entry = new Uint8Array(source.entryBytes);
  carried.forEach(({ index }, place) => {
    source.read(index, entry);
    target.write(place, entry);
  });
  target.close();
  source.close();
}
