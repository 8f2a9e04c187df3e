/** Folders of small images for tests: each image is a different gradient, so none is a duplicate unless asked for. */
import fs from 'node:fs';
import path from 'node:path';
import { encodePng } from './image/raster.ts';

export interface ImageRequest {
  /** Path below the folder. */
  readonly file: string;
  readonly width?: number;
  readonly height?: number;
  readonly channels?: 1 | 3;
  /** Images with equal values and sizes have equal pixels. */
  readonly value: number;
}

export async function writeImages(folder: string, images: readonly ImageRequest[]): Promise<string> {
  for (const { file, width = 12, height = 8, channels = 3, value } of images) {
    const data = Uint8Array.from(
      { length: width * height * channels },
      (_, i) => (i * (value + 1) * 7 + value * 3) % 256,
    );
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), await encodePng({ width, height, channels, data }));
  }
  return folder;
}

/** `count` images of each class, in a folder of its name. */
export function classImages(classes: readonly string[], count: number): ImageRequest[] {
  return classes.flatMap((name, k) =>
    Array.from({ length: count }, (_, i) => ({ file: `${name}/${i}.png`, value: k * count + i })),
  );
}
