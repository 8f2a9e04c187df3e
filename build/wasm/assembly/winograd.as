/**
 * Convolution with stride 1 by Winograd's algorithm, and its filter gradient: images [n, H, W, C].
 *
 * S. Winograd, Arithmetic complexity of computations, 1980; A. Lavin and S. Gray, Fast algorithms for convolutional neural
 * networks, 2016. Tiles of 6 x 6 with the points 0, 1, -1, 2, -2 and infinity: a filter of r x r makes m x m outputs of a
 * tile, m = 7 - r. 3 x 3: 4 times fewer products than straight convolution; 5 x 5: 2.8 times.
 *
 * One tile is taken through three steps: transform, 36 products of matrices (one for each place of the tile, over channels),
 * transform back. Blocks of tiles are small enough that all of it stays in the cache of one core.
 */
import { activate, bytes, storeFirst } from './lanes';
import { multiplyPanel, NOTHING, outerPanel } from './product';

/** Tiles that are transformed and multiplied at a time. */
const TILES = 32;

/** Floats from a tile's channels to the next tile's; not a power of two, so that tiles do not push each other out. */
// @ts-ignore: decorator
@inline
function tileStep(C: i32): i32 {
  return ((C + 3) & ~3) + 4;
}

/**
 * Bytes from one of the 36 places to the next: an odd number of cache lines, since a step of a power of two would put all 36
 * values of a tile into the same few lines of the cache.
 */
// @ts-ignore: decorator
@inline
function placeStep(wanted: usize): usize {
  return (((wanted + 63) >> 6) | 1) << 6;
}

/** Floats of a filter's panels, for `rows` by `columns` channels. */
export function winogradPanels(rows: i32, columns: i32): i32 {
  return 36 * <i32>(placeStep(<usize>(((columns + 7) >> 3) * rows) << 5) >> 2);
}

/** Floats of scratch for each thread: 36 places of a tile's input and result, and two tiles of four channels. */
export function winogradScratch(C: i32, F: i32): i32 {
  return 36 * <i32>((placeStep(bytes(TILES * tileStep(C))) + placeStep(bytes(TILES * ((F + 7) & ~7)))) >> 2) + 512;
}

/** The tile's input as the algorithm wants it, along one line of six; `step` bytes apart here and `outStep` there. */
// @ts-ignore: decorator
@inline
function transformInput(from: usize, step: usize, to: usize, outStep: usize): void {
  const d0 = v128.load(from);
  const d1 = v128.load(from + step);
  const d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step);
  const d4 = v128.load(from + 4 * step);
  const d5 = v128.load(from + 5 * step);
  const four = f32x4.splat(4), five = f32x4.splat(5);
  const even = f32x4.sub(d4, f32x4.mul(four, d2));
  const odd = f32x4.sub(d3, f32x4.mul(four, d1));
  const near = f32x4.sub(d4, d2);
  let far = f32x4.sub(d3, d1);
  far = f32x4.add(far, far);
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(four, d0), f32x4.mul(five, d2)), d4));
  v128.store(to + outStep, f32x4.add(even, odd));
  v128.store(to + 2 * outStep, f32x4.sub(even, odd));
  v128.store(to + 3 * outStep, f32x4.add(near, far));
  v128.store(to + 4 * outStep, f32x4.sub(near, far));
  v128.store(to + 5 * outStep, f32x4.add(f32x4.sub(f32x4.mul(four, d1), f32x4.mul(five, d3)), d5));
}

/** A filter of `count` (2 to 5) values as the algorithm wants it, along one line. */
// @ts-ignore: decorator
@inline
function transformFilter(from: usize, step: usize, count: i32, to: usize, outStep: usize): void {
  const zero = f32x4.splat(0);
  const g0 = v128.load(from);
  const g1 = v128.load(from + step);
  const g2 = count > 2 ? v128.load(from + 2 * step) : zero;
  const g3 = count > 3 ? v128.load(from + 3 * step) : zero;
  const g4 = count > 4 ? v128.load(from + 4 * step) : zero;
  const four = f32x4.splat(4);
  const even = f32x4.add(f32x4.add(g0, g2), g4);
  const odd = f32x4.add(g1, g3);
  const even2 = f32x4.add(g0, f32x4.mul(four, f32x4.add(g2, f32x4.mul(four, g4))));
  let odd2 = f32x4.add(g1, f32x4.mul(four, g3));
  odd2 = f32x4.add(odd2, odd2);
  const sixth = f32x4.splat(<f32>(-1.0 / 6.0)), twentyFourth = f32x4.splat(<f32>(1.0 / 24.0));
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25)));
  v128.store(to + outStep, f32x4.mul(f32x4.add(even, odd), sixth));
  v128.store(to + 2 * outStep, f32x4.mul(f32x4.sub(even, odd), sixth));
  v128.store(to + 3 * outStep, f32x4.mul(f32x4.add(even2, odd2), twentyFourth));
  v128.store(to + 4 * outStep, f32x4.mul(f32x4.sub(even2, odd2), twentyFourth));
  v128.store(to + 5 * outStep, count == 2 ? g1 : count == 3 ? g2 : count == 4 ? g3 : g4);
}

/** `count` (2 to 5) outputs of a line of six products. */
// @ts-ignore: decorator
@inline
function transformOutput(from: usize, step: usize, count: i32, to: usize, outStep: usize): void {
  const m0 = v128.load(from);
  const m1 = v128.load(from + step);
  const m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step);
  const m4 = v128.load(from + 4 * step);
  const m5 = v128.load(from + 5 * step);
  const near = f32x4.add(m1, m2), nearOdd = f32x4.sub(m1, m2);
  const far = f32x4.add(m3, m4), farOdd = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(m0, near), far));
  let y = f32x4.add(nearOdd, f32x4.mul(f32x4.splat(2), farOdd));
  v128.store(to + outStep, count == 2 ? f32x4.add(y, m5) : y);
  if (count == 2) return;
  y = f32x4.add(near, f32x4.mul(f32x4.splat(4), far));
  v128.store(to + 2 * outStep, count == 3 ? f32x4.add(y, m5) : y);
  if (count == 3) return;
  y = f32x4.add(nearOdd, f32x4.mul(f32x4.splat(8), farOdd));
  v128.store(to + 3 * outStep, count == 4 ? f32x4.add(y, m5) : y);
  if (count == 4) return;
  y = f32x4.add(near, f32x4.mul(f32x4.splat(16), far));
  v128.store(to + 4 * outStep, f32x4.add(y, m5));
}

/**
 * Transforms filters [r, r, C, F] into panels [36][F / 8][C][8]; `from` and `to` count panels.
 *
 * @param turned  nonzero: for the input gradient; rows are F, columns C, and the filter is turned round
 * @param scratch 512 floats for each thread
 */
export function winogradFilter(
  filter: usize, r: i32, C: i32, F: i32, turned: i32, panels: usize, scratch: usize, from: i32, to: i32, worker: i32,
): void {
  const rows = turned ? F : C;
  const columns = turned ? C : F;
  const rowStep = bytes(turned ? 1 : F);
  const columnStep = bytes(turned ? F : 1);
  const places = bytes(C) * <usize>F;
  const panelCount = (columns + 7) >> 3;
  const placeBytes = placeStep(<usize>(panelCount * rows) << 5);
  const taken = scratch + bytes(worker * 512);
  const half = taken + 25 * 16;
  for (let panel = from; panel < to; panel++) {
    for (let row = 0; row < rows; row++) {
      for (let lane = 0; lane < 8; lane += 4) {
        const column = (panel << 3) + lane;
        const count = min(4, columns - column);
        const start = filter + <usize>row * rowStep + <usize>column * columnStep;
        for (let place = 0; place < r * r; place++) {
          const source = start + <usize>(turned ? r * r - 1 - place : place) * places;
          if (!turned && count == 4) {
            v128.store(taken + (<usize>place << 4), v128.load(source));
            continue;
          }
          let v = f32x4.splat(0);
          if (count > 0) v = f32x4.replace_lane(v, 0, f32.load(source));
          if (count > 1) v = f32x4.replace_lane(v, 1, f32.load(source + columnStep));
          if (count > 2) v = f32x4.replace_lane(v, 2, f32.load(source + 2 * columnStep));
          if (count > 3) v = f32x4.replace_lane(v, 3, f32.load(source + 3 * columnStep));
          v128.store(taken + (<usize>place << 4), v);
        }
        // Down the columns [r][r] -> [6][r], then along the rows -> [6][6].
        for (let b = 0; b < r; b++) transformFilter(taken + (<usize>b << 4), <usize>r << 4, r, half + (<usize>b << 4), <usize>r << 4);
        const out = panels + (<usize>(panel * rows + row) << 5) + bytes(lane);
        for (let a = 0; a < 6; a++) {
          transformFilter(half + (<usize>(a * r) << 4), 16, r, out + <usize>(a * 6) * placeBytes, placeBytes);
        }
      }
    }
  }
}

/** Transforms the input of one tile whose first pixel is (row, column) of image [H, W, C], which may lie outside. */
function tileInput(
  image: usize, H: i32, W: i32, C: i32, row: i32, column: i32, scratch: usize, out: usize, placeBytes: usize,
): void {
  const line = bytes(W * C);
  const isInside = row >= 0 && column >= 0 && row + 6 <= H && column + 6 <= W;
  const start = image + bytes((row * W + column) * C);
  const half = scratch + 36 * 16;
  for (let c = 0; c < C; c += 4) {
    let from = start + bytes(c);
    let down = line;
    let across = bytes(C);
    if (!isInside) {
      memory.fill(scratch, 0, 36 * 16);
      for (let a = max(0, -row); a < min(6, H - row); a++) {
        for (let b = max(0, -column); b < min(6, W - column); b++) {
          v128.store(scratch + (<usize>(a * 6 + b) << 4), v128.load(from + <usize>a * line + <usize>b * across));
        }
      }
      from = scratch;
      down = 96;
      across = 16;
    }
    for (let b = 0; b < 6; b++) transformInput(from + <usize>b * across, down, half + (<usize>b << 4), 96);
    for (let a = 0; a < 6; a++) {
      transformInput(half + <usize>(a * 96), 16, out + bytes(c) + <usize>(a * 6) * placeBytes, placeBytes);
    }
  }
}

/**
 * y[n, OH, OW, F] = activation(conv(x, filter) + bias); `from` and `to` count blocks of 32 tiles, over all images.
 *
 * @param panels  from `winogradFilter`
 * @param top     rows of zeros above the image (`left` likewise)
 */
export function winograd(
  x: usize, n: i32, H: i32, W: i32, C: i32, panels: usize, r: i32, F: i32, y: usize, OH: i32, OW: i32,
  top: i32, left: i32, bias: usize, activation: i32, scratch: usize, scratchFloats: i32,
  from: i32, to: i32, worker: i32,
): void {
  const m = 7 - r;
  const across = (OW + m - 1) / m;
  const inImage = across * ((OH + m - 1) / m);
  const tiles = inImage * n;
  const step = tileStep(C);
  const made = (F + 7) & ~7;
  const small = scratch + bytes(worker * scratchFloats);
  const input = small + bytes(512);
  const inputPlace = placeStep(bytes(TILES * step));
  const outputPlace = placeStep(bytes(TILES * made));
  const output = input + 36 * inputPlace;
  const panelPlace = placeStep(<usize>((made >> 3) * C) << 5);
  for (let block = from; block < to; block++) {
    const first = block * TILES;
    const count = min(TILES, tiles - first);
    for (let t = 0; t < count; t++) {
      const image = (first + t) / inImage;
      const tile = first + t - image * inImage;
      const row = tile / across;
      tileInput(
        x + bytes(image * H) * <usize>(W * C), H, W, C, row * m - top, (tile - row * across) * m - left,
        small, input + bytes(t * step), inputPlace,
      );
    }
    for (let place = 0; place < 36; place++) {
      for (let column = 0; column < made; column += 8) {
        multiplyPanel(
          input + <usize>place * inputPlace, bytes(step), 1, C, 0, panels + <usize>place * panelPlace + (<usize>((column >> 3) * C) << 5),
          output + <usize>place * outputPlace + bytes(column), bytes(made), count, 8, NOTHING, 0, 0,
        );
      }
    }
    const results = small + 30 * 16;
    for (let t = 0; t < count; t++) {
      const image = (first + t) / inImage;
      const tile = first + t - image * inImage;
      const row = (tile / across) * m;
      const column = (tile % across) * m;
      const rows = min(m, OH - row);
      const columns = min(m, OW - column);
      const target = y + bytes((image * OH + row) * OW + column) * <usize>F;
      for (let f = 0; f < F; f += 4) {
        const products = output + bytes(t * made + f);
        for (let b = 0; b < 6; b++) transformOutput(products + <usize>b * outputPlace, 6 * outputPlace, m, small + (<usize>b << 4), 96);
        for (let a = 0; a < m; a++) transformOutput(small + <usize>(a * 96), 16, m, results + (<usize>(a * m) << 4), 16);
        const added = bias != 0 ? v128.load(bias + bytes(f)) : f32x4.splat(0);
        for (let a = 0; a < rows; a++) {
          for (let b = 0; b < columns; b++) {
            const v = activate(f32x4.add(v128.load(results + (<usize>(a * m + b) << 4)), added), activation);
            storeFirst(target + bytes((a * OW + b) * F + f), v, F - f);
          }
        }
      }
    }
  }
}

/**
 * sums[chunk][36][C, F] = the products of the tiles of a chunk; `from` and `to` count chunks.
 *
 * The filter gradient is the convolution of an input tile with the m x m outputs' gradient as its filter.
 */
export function winogradFilterGradient(
  x: usize, n: i32, H: i32, W: i32, C: i32, dy: usize, F: i32, r: i32, OH: i32, OW: i32, top: i32, left: i32,
  chunks: i32, sums: usize, scratch: usize, scratchFloats: i32, from: i32, to: i32, worker: i32,
): void {
  const m = 7 - r;
  const across = (OW + m - 1) / m;
  const inImage = across * ((OH + m - 1) / m);
  const tiles = inImage * n;
  const blocks = (tiles + TILES - 1) / TILES;
  const step = tileStep(C);
  const made = (F + 7) & ~7;
  const small = scratch + bytes(worker * scratchFloats);
  const input = small + bytes(512);
  const inputPlace = placeStep(bytes(TILES * step));
  const gradientPlace = placeStep(bytes(TILES * made));
  const gradients = input + 36 * inputPlace;
  const size = C * F;
  for (let chunk = from; chunk < to; chunk++) {
    const sum = sums + bytes(36 * chunk) * <usize>size;
    memory.fill(sum, 0, bytes(36) * <usize>size);
    const last = blocks * (chunk + 1) / chunks;
    for (let block = blocks * chunk / chunks; block < last; block++) {
      const first = block * TILES;
      const count = min(TILES, tiles - first);
      for (let t = 0; t < count; t++) {
        const image = (first + t) / inImage;
        const tile = first + t - image * inImage;
        const row = (tile / across) * m;
        const column = (tile % across) * m;
        tileInput(
          x + bytes(image * H) * <usize>(W * C), H, W, C, row - top, column - left, small, input + bytes(t * step), inputPlace,
        );
        tileGradient(
          dy + bytes((image * OH + row) * OW + column) * <usize>F, OW, F, min(m, OH - row), min(m, OW - column), m,
          small, gradients + (<usize>t << 5), count, gradientPlace,
        );
      }
      for (let place = 0; place < 36; place++) {
        for (let c = 0; c < C; c += 4) {
          for (let f = 0; f < F; f += 8) {
            outerPanel(
              input + <usize>place * inputPlace + bytes(c), bytes(step),
              gradients + <usize>place * gradientPlace + (<usize>((f >> 3) * count) << 5), count,
              sum + bytes((place * C + c) * F + f), bytes(F), min(4, C - c), min(8, F - f),
            );
          }
        }
      }
    }
  }
}

/** Transforms one tile of an output gradient into panels [36][F / 8][count][8]. */
function tileGradient(
  dy: usize, OW: i32, F: i32, rows: i32, columns: i32, m: i32, scratch: usize, out: usize, count: i32, placeBytes: usize,
): void {
  const half = scratch + 36 * 16;
  const isWhole = rows == m && columns == m;
  for (let f = 0; f < F; f += 4) {
    let from = dy + bytes(f);
    let down = bytes(OW * F);
    let across = bytes(F);
    if (!isWhole) {
      memory.fill(scratch, 0, 16 * 16);
      for (let a = 0; a < rows; a++) {
        for (let b = 0; b < columns; b++) {
          v128.store(scratch + (<usize>(a * m + b) << 4), v128.load(from + <usize>a * down + <usize>b * across));
        }
      }
      from = scratch;
      down = <usize>m << 4;
      across = 16;
    }
    for (let b = 0; b < m; b++) transformFilter(from + <usize>b * across, down, m, half + (<usize>b << 4), <usize>m << 4);
    const panel = out + (<usize>((f >> 3) * count) << 5) + ((f & 4) << 2);
    for (let a = 0; a < 6; a++) {
      transformFilter(half + (<usize>(a * m) << 4), 16, m, panel + <usize>(a * 6) * placeBytes, placeBytes);
    }
  }
}

/** Filter gradient [r, r, C, F] of the sums of all chunks; `from` and `to` count channels. */
export function winogradFilterGradientEnd(
  sums: usize, chunks: i32, r: i32, C: i32, F: i32, out: usize, scratch: usize, from: i32, to: i32, worker: i32,
): void {
  const places = bytes(C) * <usize>F;
  const chunkBytes: usize = 36 * places;
  const taken = scratch + bytes(worker * 512);
  const half = taken + 36 * 16;
  const results = half + 30 * 16;
  for (let c = from; c < to; c++) {
    for (let f = 0; f < F; f += 4) {
      const start = sums + bytes(c * F + f);
      for (let place = 0; place < 36; place++) {
        let at = start + <usize>place * places;
        let sum = v128.load(at);
        for (let chunk = 1; chunk < chunks; chunk++) {
          at += chunkBytes;
          sum = f32x4.add(sum, v128.load(at));
        }
        v128.store(taken + (<usize>place << 4), sum);
      }
      for (let b = 0; b < 6; b++) transformOutput(taken + (<usize>b << 4), 96, r, half + (<usize>b << 4), 96);
      for (let a = 0; a < r; a++) transformOutput(half + <usize>(a * 96), 16, r, results + (<usize>(a * r) << 4), 16);
      for (let place = 0; place < r * r; place++) {
        storeFirst(out + <usize>place * places + bytes(c * F + f), v128.load(results + (<usize>place << 4)), F - f);
      }
    }
  }
}
