/** A sheet of some images of a dataset before and after a stage changed them. */
import type { Dataset } from '../dataset/read-dataset.ts';
import { contactSheet, spreadPlaces } from './contact-sheet.ts';
import type { Raster } from './raster.ts';

const MOST = 10;
const TILE_PX = 96;

/** @returns PNG: images above, what became of them below. Unreadable ones are left out. */
export async function beforeAfterSheet(dataset: Dataset, change: (raster: Raster) => Raster): Promise<Uint8Array> {
  const readable = dataset.samples.flatMap(({ problem }, index) => (problem === undefined ? [index] : []));
  const places = spreadPlaces(readable.length, MOST).map((at) => readable[at] as number);
  const before = await Promise.all(places.map((index) => dataset.raster(index)));
  return contactSheet([before, before.map(change)], TILE_PX);
}
