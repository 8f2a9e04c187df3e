/**
 * A short description of an image's layout: where it is light, which colours lie where, which way its edges run.
 *
 * Colour means on a 4 x 4 grid and histograms of gradient directions on the same grid (after Dalal and Triggs, 2005) of the
 * 64 x 64 grey image. Bytes, so that equal pixels give equal features on every machine.
 */
import type { Raster } from './raster.ts';
import { resampleGray } from './resample.ts';

/** Cells along each side. */
export const GRID = 4;
export const CELLS = GRID * GRID;
const SIDE = 64;
/** Of edges, over half a turn. */
export const DIRECTIONS = 8;
/** Three means a cell, row by row, then the histogram of each cell. */
export const FEATURES = CELLS * 3 + CELLS * DIRECTIONS;

/** @param gray  the same image in one channel. @returns FEATURES values, 0-255. */
export function describeLayout(raster: Raster, gray: Raster): Uint8Array {
  const features = new Uint8Array(FEATURES);
  features.set(cellColours(raster));
  features.set(gradientHistograms(resampleGray(gray, SIDE, SIDE).data), CELLS * 3);
  return features;
}

function cellColours({ width, height, channels, data }: Raster): Uint8Array {
  const sums = new Float64Array(CELLS * 3);
  const counts = new Float64Array(CELLS);
  // Where each column of cells begins.
  const borders = Array.from({ length: GRID + 1 }, (_, column) => Math.ceil((column * width) / GRID));
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * GRID) / height) * GRID;
    for (let column = 0; column < GRID; column++) {
      const [left, right] = [borders[column] as number, borders[column + 1] as number];
      counts[row + column] = (counts[row + column] as number) + right - left;
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        const end = (y * width + right) * channels;
        for (let at = (y * width + left) * channels + (channels === 3 ? c : 0); at < end; at += channels) {
          sum += data[at] as number;
        }
        const place = (row + column) * 3 + c;
        sums[place] = (sums[place] as number) + sum;
      }
    }
  }
  return Uint8Array.from(sums, (sum, i) => Math.round(sum / Math.max(1, counts[Math.floor(i / 3)] as number)));
}

/** Of each cell the share of every direction, weighted by the strength of the gradient and normalised over the cell. */
function gradientHistograms(pixels: Uint8Array): Uint8Array {
  const histograms = new Float64Array(CELLS * DIRECTIONS);
  for (let y = 1; y < SIDE - 1; y++) {
    for (let x = 1; x < SIDE - 1; x++) {
      const at = y * SIDE + x;
      const dx = (pixels[at + 1] as number) - (pixels[at - 1] as number);
      const dy = (pixels[at + SIDE] as number) - (pixels[at - SIDE] as number);
      if (dx === 0 && dy === 0) continue;
      // An edge and its reverse are one direction.
      const turn = (Math.atan2(dy, dx) / Math.PI + 1) % 1;
      const cell = Math.floor((y * GRID) / SIDE) * GRID + Math.floor((x * GRID) / SIDE);
      const place = cell * DIRECTIONS + (Math.floor(turn * DIRECTIONS) % DIRECTIONS);
      histograms[place] = (histograms[place] as number) + Math.sqrt(dx * dx + dy * dy);
    }
  }
  const result = new Uint8Array(histograms.length);
  for (let cell = 0; cell < CELLS; cell++) {
    const part = histograms.subarray(cell * DIRECTIONS, (cell + 1) * DIRECTIONS);
    // The constant keeps flat cells from being blown up to full strength.
    const norm = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0)) + SIDE;
    part.forEach((value, i) => {
      result[cell * DIRECTIONS + i] = Math.round((255 * value) / norm);
    });
  }
  return result;
}
