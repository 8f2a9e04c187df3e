/**
 * render: characters drawn from their strokes.
 *
 * KanjiVG (Ulrich Apel, CC BY-SA 3.0) gives the strokes of each character and the components they belong to: real labels of real shapes.
 * Each rendering has its own pen, colours, place and turn; about half are grey, stored in three channels all the same.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Random, StageRun } from 'pipe-runner/sdk';
import sharp from 'sharp';

interface Params {
  readonly strokes: string;
  readonly components: readonly string[];
  readonly renderings: number;
  readonly side: number;
  readonly every: number;
  readonly seed: number;
}

/** The files of the common characters, U+4E00 to U+9FFF. */
const CHARACTER = /^0([4-9][0-9a-f]{3})\.svg$/;

const run: StageRun<Params> = async ({ params, inputs, outputs, random, items, progress, note, signal }) => {
  sharp.concurrency(1);
  const folder = inputs.strokes ?? '';
  const files = fs
    .readdirSync(folder)
    .filter((file) => Number.parseInt(CHARACTER.exec(file)?.[1] ?? '0', 16) >= 0x4e00)
    .sort()
    .filter((_, place) => place % params.every === 0);
  fs.mkdirSync(outputs.images ?? '');
  const rows = ['file,label,group'];
  for (const [place, file] of files.entries()) {
    signal.throwIfAborted();
    const drawing = fs.readFileSync(path.join(folder, file), 'utf8');
    const named = new Set([...drawing.matchAll(/kvg:(?:element|original)="([^"]+)"/g)].map((match) => match[1]));
    const labels = params.components.filter((component) => named.has(component));
    const strokes = [...drawing.matchAll(/<path[^>]* d="([^"]+)"/g)].map((match) => match[1] ?? '');
    const character = path.parse(file).name;
    for (let copy = 1; copy <= params.renderings; copy++) {
      const name = `${character}-${copy}.png`;
      const svg = draw(strokes, params.side, random(params.seed, `render/${name}`));
      await items.file(svg, path.join(outputs.images ?? '', name), () =>
        sharp(Buffer.from(svg)).removeAlpha().png({ compressionLevel: 6, palette: false }).toBuffer(),
      );
      rows.push(`${name},${labels.join(';')},${character}`);
    }
    progress(place + 1, files.length, 'characters');
  }
  fs.writeFileSync(outputs['labels.csv'] ?? '', `${rows.join('\n')}\n`);
  note(`${rows.length - 1} pictures of ${files.length} characters`);
};
export default run;

function draw(strokes: readonly string[], side: number, random: Random): string {
  const between = (low: number, high: number) => Number((low + (high - low) * random.uniform()).toFixed(2));
  const pen = between(2, 7);
  const place = `translate(${between(48.5, 60.5)} ${between(48.5, 60.5)}) rotate(${between(-8, 8)}) scale(${between(0.75, 1)})`;
  const isGray = random.uniform() < 0.5;
  const isLight = random.uniform() < 0.5;
  const [dark, light] = [between(10, 35), between(75, 95)];
  const hue = between(0, 360);
  const colour = (h: number, lightness: number) => `hsl(${h.toFixed(0)},${isGray ? 0 : 65}%,${lightness}%)`;
  const ink = colour(hue, isLight ? light : dark);
  const paper = colour((hue + between(120, 240)) % 360, isLight ? dark : light);
  const lines = strokes.map((d) => `<path d="${d}"/>`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 109 109"><rect width="109" height="109" fill="${paper}"/><g transform="${place} translate(-54.5 -54.5)" fill="none" stroke="${ink}" stroke-width="${pen}" stroke-linecap="round" stroke-linejoin="round">${lines}</g></svg>`;
}
