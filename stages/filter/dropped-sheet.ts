/** Some of what was dropped, a row of pictures for each reason: the quickest way to see whether a rule goes too far. */
import type { Dataset } from '../lib/dataset/read-dataset.ts';
import { contactSheet, spreadPlaces } from '../lib/image/contact-sheet.ts';
import { DROP_REASONS, type DropReason } from './choose-drops.ts';

const MOST = 10;
const TILE_PX = 96;

/** @returns PNG. Unreadable images have no picture. */
export async function droppedSheet(dataset: Dataset, drops: ReadonlyMap<string, DropReason>): Promise<Uint8Array> {
  const rows: Parameters<typeof contactSheet>[0][number][] = [];
  for (const reason of DROP_REASONS) {
    const places = dataset.samples.flatMap(({ id, problem }, index) =>
      drops.get(id) === reason && problem === undefined ? [index] : [],
    );
    if (places.length === 0) continue;
    rows.push(await Promise.all(spreadPlaces(places.length, MOST).map((at) => dataset.raster(places[at] as number))));
  }
  return contactSheet(rows, TILE_PX);
}
