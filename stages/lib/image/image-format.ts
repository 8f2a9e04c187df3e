/** What kind of image a file is: by its content, and by what its name says. */

export type ImageFormat = 'JPEG' | 'PNG' | 'WebP' | 'TIFF' | 'GIF' | 'BMP' | 'AVIF';

const EXTENSIONS: Readonly<Record<string, ImageFormat>> = {
  jpg: 'JPEG',
  jpeg: 'JPEG',
  png: 'PNG',
  webp: 'WebP',
  tif: 'TIFF',
  tiff: 'TIFF',
  gif: 'GIF',
  bmp: 'BMP',
  avif: 'AVIF',
};

/** First bytes of each format in hexadecimal; dots stand for any. */
const BEGINNINGS: readonly (readonly [ImageFormat, RegExp])[] = [
  ['JPEG', /^ffd8ff/],
  ['PNG', /^89504e470d0a1a0a/],
  ['GIF', /^474946383[79]61/],
  ['WebP', /^52494646.{8}57454250/],
  ['TIFF', /^(49492[ab]00|4d4d002[ab])/],
  ['AVIF', /^.{8}66747970(61766966|61766973|6d696631|6d736631)/],
  ['BMP', /^424d.{24}(28|34|38|40|6c|7c)000000/],
];
const BEGINNING_BYTES = 18;

/** Null for what is none of the formats that are read. */
export function formatOf(file: Uint8Array): ImageFormat | null {
  const beginning = Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, BEGINNING_BYTES)).toString('hex');
  return BEGINNINGS.find(([, pattern]) => pattern.test(beginning))?.[0] ?? null;
}

/** Null when the name is not that of an image. */
export function formatNamed(name: string): ImageFormat | null {
  const extension = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return EXTENSIONS[extension] ?? null;
}
