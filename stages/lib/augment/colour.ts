/** Changes of colour and contrast, on whole numbers, so that they are exact everywhere. */
import { toGray } from '../image/luma.ts';
import type { Raster } from '../image/raster.ts';

/** Distances from the mean grey level times a factor in 1024ths. */
export function adjustContrast(raster: Raster, factor1024: number): Raster {
  const gray = toGray(raster).data;
  const mean = Math.round(gray.reduce((sum, value) => sum + value, 0) / Math.max(1, gray.length));
  return mapLevels(raster, (value) => mean + (((value - mean) * factor1024 + 512) >> 10));
}

/** Distances from the pixel's own grey times a factor in 1024ths; a grey image stays as it is. */
export function adjustSaturation(raster: Raster, factor1024: number): Raster {
  if (raster.channels === 1) return raster;
  const gray = toGray(raster).data;
  const data = raster.data.map((value, at) => {
    const own = gray[Math.floor(at / 3)] as number;
    return limit(own + (((value - own) * factor1024 + 512) >> 10));
  });
  return { ...raster, data };
}

/**
 * Turns colours about the grey axis, the brightness staying nearly the same.
 *
 * @param degrees  of the colour circle. A grey image stays as it is.
 */
export function rotateHue(raster: Raster, degrees: number): Raster {
  if (raster.channels === 1) return raster;
  const radians = (degrees * Math.PI) / 180;
  const cos = Math.cos(radians);
  const sin = Math.sin(radians) / Math.sqrt(3);
  const third = (1 - cos) / 3;
  // Rotation about (1, 1, 1) by Rodrigues' formula, in 4096ths; each row is made to add up to 4096, so that grey stays grey.
  const [b, c] = [Math.round(4096 * (third - sin)), Math.round(4096 * (third + sin))];
  const a = 4096 - b - c;
  const { data } = raster;
  const result = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 3) {
    const [r, g, blue] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
    result[at] = limit((a * r + b * g + c * blue + 2048) >> 12);
    result[at + 1] = limit((c * r + a * g + b * blue + 2048) >> 12);
    result[at + 2] = limit((b * r + c * g + a * blue + 2048) >> 12);
  }
  return { ...raster, data: result };
}

/** Every value by its own rule, limited to 0-255. */
export function mapLevels(raster: Raster, rule: (value: number) => number): Raster {
  const table = Uint8Array.from({ length: 256 }, (_, value) => limit(rule(value)));
  return { ...raster, data: raster.data.map((value) => table[value] as number) };
}

export function limit(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
