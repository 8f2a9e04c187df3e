/**
 * Convolution and its filter gradient, straight: any size, stride and dilation, images [n, H, W, C].
 *
 * The output is made in bands of some rows of one image. The input rows a band sees are copied into scratch with their
 * zeros round them first, if there are any, so that the inner loop sees neither borders nor gaps.
 */
import { bytes } from './lanes';
import { multiplyPanel, NOTHING, outerPanel } from './product';
import { matmul, packPlaces } from './matmul';

/**
 * Copies `rows` rows of the padded image, beginning with row `first` of it. Gaps of a spread image (an output gradient
 * of a convolution with a stride) and what lies outside are zero.
 *
 * @param spreadY  rows of the padded image for each of the image
 * @param width    of the padded image
 */
function padBand(
  image: usize, H: i32, W: i32, C: i32, top: i32, left: i32, spreadY: i32, spreadX: i32, width: i32,
  first: i32, rows: i32, out: usize,
): void {
  const line = bytes(width * C);
  memory.fill(out, 0, line * <usize>rows);
  for (let row = 0; row < rows; row++, out += line) {
    const place = first + row - top;
    if (place < 0 || place % spreadY != 0 || place / spreadY >= H) continue;
    let from = image + bytes((place / spreadY) * W * C);
    let to = out;
    // A turned filter of a convolution that left the border out begins inside.
    let skip = 0;
    if (left >= 0) to += bytes(left * C);
    else skip = (-left + spreadX - 1) / spreadX;
    if (left < 0) to += bytes((skip * spreadX + left) * C);
    from += bytes(skip * C);
    const seen = min(W - skip, (width - (left + skip * spreadX) + spreadX - 1) / spreadX);
    if (seen <= 0) continue;
    if (spreadX == 1) {
      memory.copy(to, from, bytes(seen * C));
      continue;
    }
    for (let column = 0; column < seen; column++, from += bytes(C), to += bytes(spreadX * C)) memory.copy(to, from, bytes(C));
  }
}

/**
 * y[n, OH, OW, F] = activation(conv(x, filter) + bias); `from` and `to` count bands of `bandRows` rows.
 *
 * @param padded  nonzero: the image needs padding or spreading; width is then that of the padded image
 * @param scratch of the first thread, for the input rows of one band; `scratchFloats` to that of the next
 * @param places  floats of scratch before what each output of a band sees is laid side by side, for outputs of few columns, of which
 *                four at a time leave some over in each row; -1: it is not
 */
export function convolve(
  x: usize, H: i32, W: i32, C: i32, panels: usize, F: i32, FH: i32, FW: i32, y: usize, OH: i32, OW: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32, spreadY: i32, spreadX: i32,
  padded: i32, width: i32, bias: usize, activation: i32, bandRows: i32, scratch: usize, scratchFloats: i32, places: i32,
  from: i32, to: i32, worker: i32,
): void {
  const bands = (OH + bandRows - 1) / bandRows;
  const line = bytes(width * C);
  const depth = FH * FW * C;
  // Neighbouring places of a filter's line are one part unless gaps lie between them.
  const parts = dilationX == 1 ? 1 : FW;
  const length = dilationX == 1 ? FW * C : C;
  const own = scratch + bytes(worker * scratchFloats);
  for (let band = from; band < to; band++) {
    const image = band / bands;
    const firstRow = (band - image * bands) * bandRows;
    const rows = min(bandRows, OH - firstRow);
    const source = x + bytes(image * H) * <usize>(W * C);
    let input = source + <usize>(firstRow * strideY) * line;
    if (padded) {
      const seen = (rows - 1) * strideY + (FH - 1) * dilationY + 1;
      padBand(source, H, W, C, top, left, spreadY, spreadX, width, firstRow * strideY, seen, own);
      input = own;
    }
    const output = y + bytes((image * OH + firstRow) * OW) * <usize>F;
    if (places >= 0) {
      const seen = own + bytes(places);
      let out = seen;
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < OW; column++) {
          let p = input + <usize>(row * strideY) * line + bytes(column * strideX * C);
          for (let a = 0; a < FH; a++, out += bytes(length), p += line * <usize>dilationY) memory.copy(out, p, bytes(length));
        }
      }
      matmul(seen, panels, output, rows * OW, depth, F, bias, activation, 1, 0, (F + 7) >> 3);
      continue;
    }
    for (let column = 0; column < F; column += 8) {
      const panel = panels + (<usize>((column >> 3) * depth) << 5);
      const biasHere = bias != 0 ? bias + bytes(column) : NOTHING;
      const columns = min(8, F - column);
      for (let row = 0; row < rows; row++) {
        const seen = input + <usize>(row * strideY) * line;
        const made = output + bytes(row * OW * F + column);
        if (parts == 1) {
          multiplyPanel(
            seen, bytes(strideX * C), FH, length, line * <usize>dilationY, panel, made, bytes(F), OW, columns,
            biasHere, 0, activation,
          );
          continue;
        }
        for (let a = 0; a < FH; a++) {
          multiplyPanel(
            seen + <usize>(a * dilationY) * line, bytes(strideX * C), FW, C, bytes(dilationX * C),
            panel + (<usize>(a * FW * C) << 5), made, bytes(F), OW, columns,
            a == 0 ? biasHere : made, a == 0 ? 0 : bytes(F), a == FH - 1 ? activation : 0,
          );
        }
      }
    }
  }
}

/** Floats of scratch that `convolveFilterGradient` needs for each thread, beside that of a padded band. */
export function filterGradientScratch(places: i32, F: i32): i32 {
  return places * (((F + 7) & ~7) + 4);
}

/**
 * sums[chunk][FH * FW * C, F] = the part of the filter gradient that the bands of a chunk give; `from` and `to` count chunks.
 *
 * How many chunks there are depends on shapes alone, so the order of all additions does, too.
 */
export function convolveFilterGradient(
  x: usize, H: i32, W: i32, C: i32, dy: usize, F: i32, FH: i32, FW: i32, OH: i32, OW: i32,
  strideY: i32, strideX: i32, dilationY: i32, dilationX: i32, top: i32, left: i32, padded: i32, width: i32,
  bandRows: i32, bandCount: i32, chunks: i32, sums: usize, scratch: usize, scratchFloats: i32, paddedFloats: i32,
  from: i32, to: i32, worker: i32,
): void {
  const bands = (OH + bandRows - 1) / bandRows;
  const line = bytes(width * C);
  const parts = dilationX == 1 ? 1 : FW;
  const length = dilationX == 1 ? FW * C : C;
  const paddedBand = scratch + bytes(worker * scratchFloats);
  const panels = paddedBand + bytes(paddedFloats);
  const panelCount = (F + 7) >> 3;
  const lanes = panels + bytes(bandRows * OW * (panelCount << 3));
  const size = FH * FW * C * F;
  for (let chunk = from; chunk < to; chunk++) {
    const sum = sums + bytes(chunk) * <usize>size;
    memory.fill(sum, 0, bytes(size));
    const last = <i32>(<i64>bandCount * (chunk + 1) / chunks);
    for (let band = <i32>(<i64>bandCount * chunk / chunks); band < last; band++) {
      const image = band / bands;
      const firstRow = (band - image * bands) * bandRows;
      const rows = min(bandRows, OH - firstRow);
      const count = rows * OW;
      const source = x + bytes(image * H) * <usize>(W * C);
      let input = source + <usize>(firstRow * strideY) * line;
      if (padded) {
        const seen = (rows - 1) * strideY + (FH - 1) * dilationY + 1;
        padBand(source, H, W, C, top, left, 1, 1, width, firstRow * strideY, seen, paddedBand);
        input = paddedBand;
      }
      packPlaces(dy + bytes((image * OH + firstRow) * OW) * <usize>F, F, count, panels);
      for (let a = 0; a < FH; a++) {
        for (let part = 0; part < parts; part++) {
          const start = input + <usize>(a * dilationY) * line + bytes(part * dilationX * C);
          const target = sum + bytes((a * FW * C + part * C) * F);
          for (let l = 0; l < length; l += 4) {
            let to = lanes;
            for (let row = 0; row < rows; row++) {
              let p = start + <usize>(row * strideY) * line + bytes(l);
              for (let column = 0; column < OW; column++, p += bytes(strideX * C), to += 16) v128.store(to, v128.load(p));
            }
            for (let panel = 0; panel < panelCount; panel++) {
              outerPanel(
                lanes, 16, panels + (<usize>(panel * count) << 5), count,
                target + bytes(l * F + (panel << 3)), bytes(F), min(4, length - l), min(8, F - (panel << 3)),
              );
            }
          }
        }
      }
    }
  }
}

/** out[i] = sum over chunks of sums[chunk][i], for `from` <= i < `to` in units of 16. */
export function addChunks(sums: usize, size: i32, chunks: i32, out: usize, from: i32, to: i32): void {
  const last = min(size, to << 4);
  for (let i = from << 4; i < last; i += 4) {
    let sum = v128.load(sums + bytes(i));
    for (let chunk = 1; chunk < chunks; chunk++) sum = f32x4.add(sum, v128.load(sums + bytes(i) + bytes(chunk) * <usize>size));
    if (i + 4 <= size) v128.store(out + bytes(i), sum);
    else for (let j = 0; i + j < size; j++) {
      let one = f32.load(sums + bytes(i + j));
      for (let chunk = 1; chunk < chunks; chunk++) one += f32.load(sums + bytes(i + j) + bytes(chunk) * <usize>size);
      f32.store(out + bytes(i + j), one);
    }
  }
}
