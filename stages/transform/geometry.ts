/** What happens to the geometry of an image, step by step. Pure. */
import type { TransformParams } from '../../src/generated/stages/transform.ts';
import type { Filled } from '../../src/sdk/index.ts';
import type { Raster } from '../lib/image/raster.ts';
import { cropImage, padImage, resizeImage, type Size, scaledSize } from '../lib/image/resize.ts';

export type Geometry = Pick<Filled<TransformParams>, 'crop' | 'resize'>;

/** Size of the result. Null when the image is smaller than the part to keep. */
export function resultSize(size: Size, { crop, resize }: Geometry): Size | null {
  if (crop !== null && (crop.width > size.width || crop.height > size.height)) return null;
  const { width, height } = resize ?? crop ?? size;
  return { width, height };
}

/** @throws RangeError when the image is smaller than the part to keep. */
export function applyGeometry(raster: Raster, { crop, resize }: Geometry): Raster {
  const part = crop === null ? raster : middle(raster, crop);
  if (resize === null) return part;
  if (resize.fit === 'stretch') return resizeImage(part, resize.width, resize.height);
  const { width, height } = scaledSize(part, resize, resize.fit === 'cover' ? 'cover' : 'inside');
  const scaled = resizeImage(part, width, height);
  return resize.fit === 'cover' ? middle(scaled, resize) : padImage(scaled, resize.width, resize.height, resize.shade);
}

function middle(raster: Raster, { width, height }: Size): Raster {
  const left = Math.floor((raster.width - width) / 2);
  return cropImage(raster, left, Math.floor((raster.height - height) / 2), width, height);
}
