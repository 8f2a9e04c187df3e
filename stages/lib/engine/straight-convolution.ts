/** Straight convolution of any size, stride and dilation: how `convolution.as` is called. */
import type { backend_util } from '@tensorflow/tfjs-core';
import type { EngineBackend } from './engine-backend.ts';

type Info = backend_util.Conv2DInfo;

/** Output places of a band: what they see stays in the nearest cache. */
const BAND_PLACES = 128;
/** Outputs in a row from which on what is left over when four are made at a time does not matter. */
const NARROW = 16;

/** A convolution by its sizes; `bias` is an address. */
export interface Straight {
  readonly n: number;
  readonly H: number;
  readonly W: number;
  readonly C: number;
  readonly F: number;
  readonly FH: number;
  readonly FW: number;
  readonly OH: number;
  readonly OW: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly top: number;
  readonly left: number;
  /** Places of the padded image for each of the image: the stride, for the gradient of a convolution with one. */
  readonly spreadY: number;
  readonly spreadX: number;
  readonly bias: number;
  readonly activation: number;
}

/** y = activation(conv(x, filter) + bias), by address; the filter in panels of eight columns. */
export function straight(backend: EngineBackend, x: number, panels: number, y: number, s: Straight): void {
  const { pool } = backend;
  const seenHeight = (s.OH - 1) * s.strideY + (s.FH - 1) * s.dilationY + 1;
  const seenWidth = (s.OW - 1) * s.strideX + (s.FW - 1) * s.dilationX + 1;
  const isPadded = s.top !== 0 || s.left !== 0 || s.spreadY > 1 || s.spreadX > 1 || seenHeight > s.H || seenWidth > s.W;
  const bandRows = Math.min(s.OH, Math.max(1, Math.ceil(BAND_PLACES / s.OW)));
  const width = isPadded ? seenWidth : s.W;
  const seenRows = (bandRows - 1) * s.strideY + (s.FH - 1) * s.dilationY + 1;
  const bandFloats = isPadded ? Math.ceil((seenRows * width * s.C) / 4) * 4 + 16 : 0;
  // Of rows of 7 outputs, four at a time leave three that each take as long as four.
  const isNarrow = s.OW < NARROW && s.OW % 4 !== 0 && s.dilationX === 1;
  const floats = bandFloats + (isNarrow ? bandRows * s.OW * s.FH * s.FW * s.C + 16 : 0);
  const scratch = floats > 0 ? backend.scratch(floats * pool.threads) : 0;
  pool.run(
    'convolve',
    [
      x,
      s.H,
      s.W,
      s.C,
      panels,
      s.F,
      s.FH,
      s.FW,
      y,
      s.OH,
      s.OW,
      s.strideY,
      s.strideX,
      s.dilationY,
      s.dilationX,
      s.top,
      s.left,
      s.spreadY,
      s.spreadX,
      isPadded ? 1 : 0,
      width,
      s.bias,
      s.activation,
      bandRows,
      scratch,
      floats,
      isNarrow ? bandFloats : -1,
    ],
    s.n * Math.ceil(s.OH / bandRows),
    s.n * s.OH * s.OW * s.F * s.FH * s.FW * s.C,
  );
}

/** Whether each output sees one place of the image. */
export function isPointwise({ filterHeight, filterWidth, padInfo }: Info): boolean {
  const { top, left, bottom, right } = padInfo;
  return filterHeight === 1 && filterWidth === 1 && [top, left, bottom, right].every((pad) => pad === 0);
}

export function isStrided({ strideHeight, strideWidth }: Info): boolean {
  return strideHeight > 1 || strideWidth > 1;
}
