/** Sheets of pictures that stages leave, made small enough for a page. */
import sharp from 'sharp';
import { type Html, html } from '../../base/markup.ts';
import { dataUri } from './chart-figure.ts';
import type { StageFiles } from './stage-files.ts';

const SHEET = /(^|\/)(sheet|dropped)[^/]*\.(png|jpe?g|webp)$/;
/** Wide enough to see, small enough for a page with a few of them. */
const SHEET_PX = 1100;
const SHEET_BYTES = 600_000;

/** Sheets of maps over images are about the model, all others about the data. */
export function explainsModel({ names }: StageFiles): boolean {
  return names.includes('explanations.csv');
}

export async function sheetsOf(files: StageFiles): Promise<Html[]> {
  const pictures = await Promise.all(
    files.names
      .filter((name) => SHEET.test(name))
      .map(async (name) => {
        const bytes = files.bytes(name);
        const small = bytes === null ? null : await shrink(bytes);
        if (small === null) return null;
        return html`<figure><img loading="lazy" alt="${`Pictures from ${files.stage}`}" src="${dataUri('image/webp', small)}"><figcaption>${files.stage}: ${name}</figcaption></figure>
`;
      }),
  );
  return pictures.filter((each) => each !== null);
}

/** Null when it is no picture, or a larger one than the page has room for. */
async function shrink(bytes: Buffer): Promise<Buffer | null> {
  try {
    const small = await sharp(bytes)
      .resize({ width: SHEET_PX, withoutEnlargement: true })
      .webp({ quality: 75 })
      .toBuffer();
    return small.length > SHEET_BYTES ? null : small;
  } catch {
    return null;
  }
}
