/** The worst mistakes as pictures: errors.csv names the images, and a thumbnail of each lies beside it. */
import fs from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { formatCsv } from '../lib/csv.ts';
import type { Dataset } from '../lib/dataset/read-dataset.ts';
import type { Answers, Assessment } from './assess.ts';

/** As many as a page shows, and as large as they stand there, on a display of twice the density. */
const MOST_ERRORS = 48;
const SIDE_PX = 192;
const QUALITY = 80;

/**
 * @param folder  made here. Its errors.csv: `file,id,label,predicted,loss,confidence`, the largest loss first; confidence is
 *                the probability of what was predicted, of several labels that of the most doubtful one.
 */
export async function writeErrors(
  folder: string,
  dataset: Dataset,
  { samples, classes }: Answers,
  { truths, guesses, losses, probabilities }: Assessment,
): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const wrong = samples.flatMap((_, i) => ((truths[i] ?? []).join() === (guesses[i] ?? []).join() ? [] : [i]));
  const worst = wrong.sort((a, b) => (losses[b] as number) - (losses[a] as number) || a - b).slice(0, MOST_ERRORS);
  const places = new Map(dataset.samples.map(({ id }, place) => [id, place]));
  const names = (list: readonly number[]) => list.map((k) => classes[k]).join(';');
  const rows: (string | number)[][] = [];
  for (const [rank, i] of worst.entries()) {
    const file = `${String(rank + 1).padStart(3, '0')}.webp`;
    const id = samples[i]?.id ?? '';
    fs.writeFileSync(path.join(folder, file), await thumbnail(dataset, places.get(id) ?? 0));
    const guess = guesses[i] ?? [];
    const confidence = Math.min(1, ...guess.map((k) => probabilities[i * classes.length + k] as number));
    rows.push([
      file,
      id,
      names(truths[i] ?? []),
      names(guess),
      (losses[i] as number).toFixed(6),
      confidence.toFixed(6),
    ]);
  }
  fs.writeFileSync(
    path.join(folder, 'errors.csv'),
    formatCsv(['file', 'id', 'label', 'predicted', 'loss', 'confidence'], rows),
  );
}

/** Small images are enlarged without smoothing, so that their pixels can be seen. */
async function thumbnail(dataset: Dataset, place: number): Promise<Buffer> {
  const { width, height, channels, data } = await dataset.raster(place);
  const kernel = Math.max(width, height) < SIDE_PX ? 'nearest' : 'lanczos3';
  return sharp(data, { raw: { width, height, channels } })
    .resize(SIDE_PX, SIDE_PX, { fit: 'inside', kernel })
    .webp({ quality: QUALITY })
    .toBuffer();
}
