/** Decoded images, and the way from and to encoded files. sharp is loaded when the first image is. */
import fs from 'node:fs';
import { StageError } from '../../../src/sdk/index.ts';
import { bmpSize, decodeBmp } from './bmp.ts';
import { formatOf } from './image-format.ts';
import { decodeJpeg } from './jpeg-decoder.ts';
import { type ImageHeader, planJpeg, readJpegHeader } from './jpeg-header.ts';
import { MAX_PIXELS, pixelsInWork } from './pixel-budget.ts';

export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Row by row, channels interleaved, values 0-255. */
  readonly data: Uint8Array;
}

type Sharp = typeof import('sharp')['default'];
let loading: Promise<Sharp> | null = null;

/** Each image is worked on by one thread; stages keep several images in flight instead, which is faster for small ones. */
function loadSharp(): Promise<Sharp> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  });
  return loading;
}

/**
 * Decodes a whole file and gives its pixels to `use`, which keeps none of them and waits for nothing: they may lie in memory that
 * the next image is decoded into. Otherwise as `decodeImage`.
 */
export async function useImage<Result>(file: Uint8Array | string, use: (raster: Raster) => Result): Promise<Result> {
  const bytes = typeof file === 'string' ? fs.readFileSync(file) : file;
  const plan = formatOf(bytes) === 'JPEG' ? planJpeg(bytes) : null;
  if (plan !== null) {
    const used = await pixelsInWork.within(pixelsOf(plan), () => {
      const raster = decodeJpeg(bytes, plan);
      return raster === null ? null : { result: use(raster) };
    });
    if (used !== null) return used.result;
  }
  return use(await decodeByLibrary(bytes));
}

/** Pixels with memory of their own. */
function keep(raster: Raster): Raster {
  const { data } = raster;
  return data.length === data.buffer.byteLength ? raster : { ...raster, data: data.slice() };
}

/**
 * Decodes a whole file to 8 bits a channel, turned upright as its EXIF orientation says. Grey files give one channel, all
 * others three: CMYK and other colours become sRGB by the profile in the file. 16 bits are scaled to 8, an alpha channel is dropped
 * and what lies beneath it kept, of an animation the first frame is taken.
 *
 * @param file  bytes, or the path of the file.
 * @throws Error that says why when the file is damaged, cut short, too large or no image.
 */
export async function decodeImage(file: Uint8Array | string): Promise<Raster> {
  return useImage(file, keep);
}

/** JPEGs that are not plain or not sound, and all other formats. */
async function decodeByLibrary(bytes: Uint8Array): Promise<Raster> {
  const format = formatOf(bytes);
  if (format === null) {
    const found = bytes.length === 0 ? 'the file is empty' : 'the content is that of no image';
    throw new Error(`${found}; JPEG, PNG, WebP, TIFF, GIF, BMP and AVIF are read`);
  }
  if (format === 'BMP') {
    return pixelsInWork.within(pixelsOf(bmpSize(bytes)), () => decodeBmp(bytes));
  }
  const sharp = await loadSharp();
  const image = sharp(bytes, { failOn: 'error', limitInputPixels: false });
  const header = (format === 'JPEG' ? readJpegHeader(bytes) : null) ?? (await askHeader(image));
  const channels = header.isGray ? 1 : 3;
  return pixelsInWork.within(pixelsOf(header), async () => {
    const { data, info } = await image
      .autoOrient()
      .removeAlpha()
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, channels, data };
  });
}

async function askHeader(image: ReturnType<Sharp>): Promise<ImageHeader> {
  const { space, width, height } = await image.metadata();
  return { width, height, isGray: space === 'b-w' || space === 'grey16' };
}

function pixelsOf({ width, height }: { width: number; height: number }): number {
  if (width * height <= MAX_PIXELS) return width * height;
  throw new Error(`${width} x ${height} pixels are more than the ${MAX_PIXELS / 1e6} million that are decoded`);
}

/** PNG, equal bytes for equal pixels with the same version of sharp. */
export async function encodePng(raster: Raster): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { width, height, channels } = raster;
  return sharp(raster.data, { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png({ compressionLevel: 6, adaptiveFiltering: false, palette: false })
    .toBuffer();
}

/** JPEG of a quality from 1 to 100; equal bytes for equal pixels with the same version of sharp. */
export async function encodeJpeg(raster: Raster, quality: number): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { width, height, channels } = raster;
  return sharp(raster.data, { raw: { width, height, channels } })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .jpeg({ quality })
    .toBuffer();
}

/** What a JPEG of this quality, 1-100, leaves of an image; equal pixels with the same version of sharp. */
export async function reencodeJpeg(raster: Raster, quality: number): Promise<Raster> {
  return decodeImage(await encodeJpeg(raster, quality));
}

/** A small JPEG for pages: it fits a square of `sidePx` and is never magnified. */
export async function encodeThumbnail(raster: Raster, sidePx: number): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { width, height, channels } = raster;
  return sharp(raster.data, { raw: { width, height, channels } })
    .resize(sidePx, sidePx, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 75 })
    .toBuffer();
}

/** Grey pixels repeated in three channels, or an image as it is. */
export function withChannels(raster: Raster, channels: 1 | 3): Raster {
  if (raster.channels === channels) return raster;
  if (channels === 1) {
    throw new StageError('an image in colour cannot stand among grey ones', {
      code: 'E0805',
      hint: 'put a `grayscale` stage first',
    });
  }
  const data = new Uint8Array(raster.data.length * 3);
  for (let i = 0, at = 0; i < raster.data.length; i++, at += 3) {
    const value = raster.data[i] as number;
    data[at] = value;
    data[at + 1] = value;
    data[at + 2] = value;
  }
  return { ...raster, channels: 3, data };
}
