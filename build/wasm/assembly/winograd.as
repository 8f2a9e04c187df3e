/**
 * Convolution by Winograd's algorithm, and its filter gradient: images [n, H, W, C].
 *
 * S. Winograd, Arithmetic complexity of computations, 1980; A. Lavin and S. Gray, Fast algorithms for convolutional neural
 * networks, 2016. With stride 1 tiles make 4 x 4 outputs: of 6 x 6 values for filters of 3 x 3 (points 0, 1, -1, 2, -2, infinity: 4
 * times fewer products than straight convolution), of 8 x 8 for 5 x 5 (also 1/2 and -1/2: 6.25 times fewer).
 *
 * A convolution with stride 2 is the sum of four with stride 1: each sees every other row and column of the image and of the
 * filter. They are done as one whose channels are the four phases of the image's: 3 x 3 by tiles of 7 x 7 outputs (1.96 times fewer
 * products), 7 x 7 by tiles of 5 x 5 (5.4 times fewer). An odd filter has a tap less in its odd phases, which then give nothing at
 * the point at infinity: the order of phases is such that those that do lie side by side.
 *
 * One tile is taken through three steps: transform, a product of matrices for each place of the tile, over channels, and
 * transform back. Blocks of tiles are small enough that all of it stays in the cache of one core.
 */
import { activate, bytes, storeFirst } from './lanes';
import { finish, multiplyPanel, NOTHING, outerPanel } from './product';
import { transformFilter, transformInput6, transformInput8, transformOutput } from './winograd-lines';

/** Outputs along a side of a tile, for filter gradients. */
const SIDE = 4;
/** Bytes of scratch for a tile of four channels in three states. */
const SMALL = 4096;

/** Values along a side of a tile for filters of r x r and 4 x 4 outputs. */
@inline
function tileSide(r: i32): i32 {
  return r + SIDE - 1;
}

/** Tiles that are transformed and multiplied at a time. */
const TILES = 32;

/** Floats from a tile's channels to the next tile's; not a power of two, so that tiles do not push each other out. */
@inline
function tileStep(C: i32): i32 {
  return ((C + 3) & ~3) + 4;
}

/**
 * Bytes from one place of all tiles to the next: an odd number of cache lines, since a step of a power of two would put all
 * values of a tile into the same few lines of the cache.
 */
@inline
function placeStep(wanted: usize): usize {
  return (((wanted + 63) >> 6) | 1) << 6;
}

/** Rows and columns between which phase `q` lies: 0 or 1. The order: (1, 0), (0, 0), (0, 1), (1, 1). */
@inline
function phaseRow(q: i32): i32 {
  return q == 0 || q == 3 ? 1 : 0;
}

@inline
function phaseColumn(q: i32): i32 {
  return q >> 1;
}

/** Floats of the panels for tiles of side x side values, for `rows` by `columns` channels (of all phases). */
export function winogradPanels(side: i32, rows: i32, columns: i32): i32 {
  return side * side * <i32>(placeStep(<usize>(((columns + 7) >> 3) * rows) << 5) >> 2);
}

/** Floats of the transformed input of a block of tiles. */
export function winogradBlock(side: i32, C: i32): i32 {
  return side * side * <i32>(placeStep(bytes(TILES * tileStep(C))) >> 2);
}

/** Floats of scratch for each thread: all places of the tiles' inputs and results, and some tiles of four channels. */
export function winogradScratch(side: i32, C: i32, F: i32): i32 {
  return winogradBlock(side, C) + side * side * <i32>(placeStep(bytes(TILES * ((F + 7) & ~7))) >> 2) + SMALL / 4;
}

/**
 * Transforms filters [R, R, C, F] into panels [places][F / 8][C of all phases][8]; `from` and `to` count panels.
 *
 * @param m       outputs along a side of a tile
 * @param stride  1 or 2
 * @param turned  nonzero: for the input gradient with stride 1; rows are F, columns C, and the filter is turned round
 * @param scratch SMALL bytes for each thread
 */
export function winogradFilter(
  filter: usize, R: i32, m: i32, stride: i32, C: i32, F: i32, turned: i32, panels: usize, scratch: usize,
  from: i32, to: i32, worker: i32,
): void {
  const r = (R + stride - 1) / stride;
  const side = r + m - 1;
  const deep = turned ? F : C;
  const rows = deep * stride * stride;
  const columns = turned ? C : F;
  const rowStep = bytes(turned ? 1 : F);
  const columnStep = bytes(turned ? F : 1);
  const places = bytes(C) * <usize>F;
  const placeBytes = placeStep(<usize>(((columns + 7) >> 3) * rows) << 5);
  const taken = scratch + <usize>(worker * SMALL);
  const half = taken + 25 * 16;
  for (let panel = from; panel < to; panel++) {
    for (let row = 0; row < rows; row++) {
      const phase = row / deep;
      const up = stride == 1 ? 0 : phaseRow(phase);
      const across = stride == 1 ? 0 : phaseColumn(phase);
      for (let lane = 0; lane < 8; lane += 4) {
        const column = (panel << 3) + lane;
        const count = min(4, columns - column);
        const start = filter + <usize>(row - phase * deep) * rowStep + <usize>column * columnStep;
        for (let tap = 0; tap < r * r; tap++) {
          const y = (tap / r) * stride + up;
          const x = (tap % r) * stride + across;
          const place = y * R + x;
          const source = start + <usize>(turned ? R * R - 1 - place : place) * places;
          let v = f32x4.splat(0);
          if (y < R && x < R) {
            if (!turned && count == 4) {
              v = v128.load(source);
            } else {
              if (count > 0) v = f32x4.replace_lane(v, 0, f32.load(source));
              if (count > 1) v = f32x4.replace_lane(v, 1, f32.load(source + columnStep));
              if (count > 2) v = f32x4.replace_lane(v, 2, f32.load(source + 2 * columnStep));
              if (count > 3) v = f32x4.replace_lane(v, 3, f32.load(source + 3 * columnStep));
            }
          }
          v128.store(taken + (<usize>tap << 4), v);
        }
        // Down the columns [r][r] -> [side][r], then along the rows -> [side][side].
        for (let b = 0; b < r; b++) transformFilter(side, taken + (<usize>b << 4), <usize>r << 4, r, half + (<usize>b << 4), <usize>r << 4);
        const out = panels + (<usize>(panel * rows + row) << 5) + bytes(lane);
        for (let a = 0; a < side; a++) {
          transformFilter(side, half + (<usize>(a * r) << 4), 16, r, out + <usize>(a * side) * placeBytes, placeBytes);
        }
      }
    }
  }
}

/**
 * Transforms the input of one tile whose first pixel is (row, column) of image [H, W, C], which may lie outside.
 *
 * @param stride  rows and columns from one of the tile's to its next
 */
function tileInput(
  side: i32, image: usize, H: i32, W: i32, C: i32, row: i32, column: i32, stride: i32, scratch: usize, out: usize, placeBytes: usize,
): void {
  const reach = (side - 1) * stride;
  const line = bytes(W * C * stride);
  const isInside = row >= 0 && column >= 0 && row + reach < H && column + reach < W;
  const start = image + bytes((row * W + column) * C);
  const lineBytes = <usize>side << 4;
  const half = scratch + 64 * 16;
  for (let c = 0; c < C; c += 4) {
    let from = start + bytes(c);
    let down = line;
    let across = bytes(C * stride);
    if (!isInside) {
      memory.fill(scratch, 0, 64 * 16);
      for (let a = 0; a < side; a++) {
        const y = row + a * stride;
        if (y < 0 || y >= H) continue;
        for (let b = 0; b < side; b++) {
          const x = column + b * stride;
          if (x < 0 || x >= W) continue;
          v128.store(scratch + (<usize>(a * side + b) << 4), v128.load(from + <usize>a * line + <usize>b * across));
        }
      }
      from = scratch;
      down = lineBytes;
      across = 16;
    }
    if (side == 6) {
      for (let b = 0; b < 6; b++) transformInput6(from + <usize>b * across, down, half + (<usize>b << 4), 96);
      for (let a = 0; a < 6; a++) {
        transformInput6(half + <usize>(a * 96), 16, out + bytes(c) + <usize>(a * 6) * placeBytes, placeBytes);
      }
      continue;
    }
    for (let b = 0; b < side; b++) transformInput8(from + <usize>b * across, down, half + (<usize>b << 4), lineBytes);
    for (let a = 0; a < side; a++) {
      transformInput8(half + <usize>a * lineBytes, 16, out + bytes(c) + <usize>(a * side) * placeBytes, placeBytes);
    }
  }
}

/** Transforms the inputs of the tiles `first` to `first + count` into places [side * side][tile][C of all phases]. */
function blockInput(
  x: usize, H: i32, W: i32, C: i32, side: i32, m: i32, stride: i32, OH: i32, OW: i32, top: i32, left: i32,
  first: i32, count: i32, small: usize, out: usize, placeBytes: usize,
): void {
  const across = (OW + m - 1) / m;
  const inImage = across * ((OH + m - 1) / m);
  const step = bytes(tileStep(C * stride * stride));
  for (let t = 0; t < count; t++, out += step) {
    const image = (first + t) / inImage;
    const tile = first + t - image * inImage;
    const row = tile / across;
    const source = x + bytes(image * H) * <usize>(W * C);
    const y = row * m * stride - top;
    const z = (tile - row * across) * m * stride - left;
    if (stride == 1) {
      tileInput(side, source, H, W, C, y, z, 1, small, out, placeBytes);
      continue;
    }
    // A vector past a phase's last channel is written over by the next phase.
    for (let q = 0; q < 4; q++) {
      tileInput(side, source, H, W, C, y + phaseRow(q), z + phaseColumn(q), 2, small, out + bytes(q * C), placeBytes);
    }
  }
}

/** The 4 x 4 outputs of four channels of one tile of 6 x 6 that lies whole inside the image: what most tiles are. */
function wholeOutput(
  products: usize, placeBytes: usize, half: usize, out: usize, lineBytes: usize, across: usize, added: usize, least: v128, most: v128,
): void {
  for (let b = 0; b < 6; b++) {
    transformOutput(6, products + <usize>b * placeBytes, 6 * placeBytes, 4, half + (<usize>b << 4), 6 << 4);
  }
  const bias = v128.load(added);
  for (let a = 0; a < 4; a++, half += 6 << 4, out += lineBytes) {
    const m0 = v128.load(half);
    const m1 = v128.load(half, 16);
    const m2 = v128.load(half, 32);
    const m3 = v128.load(half, 48);
    const m4 = v128.load(half, 64);
    const near = f32x4.add(m1, m2), nearOdd = f32x4.sub(m1, m2);
    const far = f32x4.add(m3, m4), farOdd = f32x4.sub(m3, m4);
    v128.store(out, finish(f32x4.add(f32x4.add(m0, near), far), bias, least, most));
    let y = f32x4.add(nearOdd, f32x4.mul(f32x4.splat(2), farOdd));
    v128.store(out + across, finish(y, bias, least, most));
    y = f32x4.add(near, f32x4.mul(f32x4.splat(4), far));
    v128.store(out + 2 * across, finish(y, bias, least, most));
    y = f32x4.add(nearOdd, f32x4.mul(f32x4.splat(8), farOdd));
    v128.store(out + 3 * across, finish(f32x4.add(y, v128.load(half, 80)), bias, least, most));
  }
}

/**
 * Transforms the inputs of blocks of 32 tiles for `winograd`; `from` and `to` count groups of 4 tiles.
 *
 * @param out      blocks, `blockFloats` apart
 * @param scratch  SMALL bytes for each thread
 */
export function winogradInput(
  x: usize, n: i32, H: i32, W: i32, C: i32, R: i32, m: i32, stride: i32, OH: i32, OW: i32, top: i32, left: i32,
  out: usize, blockFloats: i32, scratch: usize, from: i32, to: i32, worker: i32,
): void {
  const side = (R + stride - 1) / stride + m - 1;
  const tiles = ((OW + m - 1) / m) * ((OH + m - 1) / m) * n;
  const step = tileStep(C * stride * stride);
  for (let first = from << 2; first < min(tiles, to << 2); first += 4) {
    const block = first / TILES;
    blockInput(
      x, H, W, C, side, m, stride, OH, OW, top, left, first, min(4, tiles - first), scratch + <usize>(worker * SMALL),
      out + bytes(block) * <usize>blockFloats + bytes((first - block * TILES) * step), placeStep(bytes(TILES * step)),
    );
  }
}

/**
 * y[n, OH, OW, F] = activation(conv(x, filter) + bias); `from` and `to` count `groups` of columns of blocks of 32 tiles, over
 * all images.
 *
 * @param panels  from `winogradFilter`, as are R, m and stride
 * @param top     rows of zeros above the image (`left` likewise)
 * @param ready   what `winogradInput` made, `readyFloats` for each block; 0: each block transforms its own
 */
export function winograd(
  x: usize, n: i32, H: i32, W: i32, C: i32, panels: usize, R: i32, m: i32, stride: i32, F: i32, y: usize, OH: i32, OW: i32,
  top: i32, left: i32, bias: usize, activation: i32, ready: usize, readyFloats: i32, groups: i32, scratch: usize, scratchFloats: i32,
  from: i32, to: i32, worker: i32,
): void {
  const side = (R + stride - 1) / stride + m - 1;
  const places = side * side;
  const across = (OW + m - 1) / m;
  const inImage = across * ((OH + m - 1) / m);
  const tiles = inImage * n;
  const rows = C * stride * stride;
  const step = tileStep(rows);
  const made = (F + 7) & ~7;
  const panelCount = made >> 3;
  const small = scratch + bytes(worker * scratchFloats);
  const inputPlace = placeStep(bytes(TILES * step));
  const outputPlace = placeStep(bytes(TILES * made));
  const output = small + SMALL + (ready != 0 ? 0 : <usize>places * inputPlace);
  const panelPlace = placeStep(<usize>(panelCount * rows) << 5);
  const isUneven = stride == 2 && (R & 1) == 1;
  const least = f32x4.splat(activation == 0 ? -Infinity : 0);
  const most = f32x4.splat(activation == 2 ? 6 : Infinity);
  for (let item = from; item < to; item++) {
    const block = item / groups;
    const group = item - block * groups;
    const firstColumn = (panelCount * group / groups) << 3;
    const lastColumn = (panelCount * (group + 1) / groups) << 3;
    const first = block * TILES;
    const count = min(TILES, tiles - first);
    let input = small + SMALL;
    if (ready != 0) input = ready + bytes(block) * <usize>readyFloats;
    else blockInput(x, H, W, C, side, m, stride, OH, OW, top, left, first, count, small, input, inputPlace);
    for (let place = 0; place < places; place++) {
      let skip = 0;
      let depth = rows;
      if (isUneven) {
        const isLastRow = place >= places - side;
        const isLastColumn = place % side == side - 1;
        skip = isLastRow ? C : 0;
        depth = isLastRow && isLastColumn ? C : isLastRow || isLastColumn ? 2 * C : rows;
      }
      const from = input + <usize>place * inputPlace + bytes(skip);
      const weights = panels + <usize>place * panelPlace + (<usize>skip << 5);
      const to = output + <usize>place * outputPlace;
      for (let column = firstColumn; column < lastColumn; column += 8) {
        multiplyPanel(
          from, bytes(step), 1, depth, 0, weights + (<usize>((column >> 3) * rows) << 5), to + bytes(column), bytes(made), count, 8,
          NOTHING, 0, 0,
        );
      }
    }
    const results = small + 64 * 16;
    for (let t = 0; t < count; t++) {
      const image = (first + t) / inImage;
      const tile = first + t - image * inImage;
      const row = (tile / across) * m;
      const column = (tile % across) * m;
      const height = min(m, OH - row);
      const width = min(m, OW - column);
      const target = y + bytes((image * OH + row) * OW + column) * <usize>F;
      for (let f = firstColumn; f < min(F, lastColumn); f += 4) {
        const products = output + bytes(t * made + f);
        if (side == 6 && height == 4 && width == 4 && f + 4 <= F) {
          wholeOutput(products, outputPlace, small, target + bytes(f), bytes(OW * F), bytes(F), bias != 0 ? bias + bytes(f) : NOTHING, least, most);
          continue;
        }
        for (let b = 0; b < side; b++) {
          transformOutput(side, products + <usize>b * outputPlace, <usize>side * outputPlace, m, small + (<usize>b << 4), <usize>side << 4);
        }
        for (let a = 0; a < height; a++) transformOutput(side, small + (<usize>(a * side) << 4), 16, m, results + (<usize>(a * m) << 4), 16);
        const added = bias != 0 ? v128.load(bias + bytes(f)) : f32x4.splat(0);
        for (let a = 0; a < height; a++) {
          for (let b = 0; b < width; b++) {
            const v = activate(f32x4.add(v128.load(results + (<usize>(a * m + b) << 4)), added), activation);
            storeFirst(target + bytes((a * OW + b) * F + f), v, F - f);
          }
        }
      }
    }
  }
}

/**
 * sums[chunk][places][C, F] = the products of the tiles of a chunk; `from` and `to` count chunks.
 *
 * The filter gradient is the convolution of an input tile with the 4 x 4 outputs' gradient as its filter.
 */
export function winogradFilterGradient(
  x: usize, n: i32, H: i32, W: i32, C: i32, dy: usize, F: i32, r: i32, OH: i32, OW: i32, top: i32, left: i32,
  chunks: i32, sums: usize, scratch: usize, scratchFloats: i32, from: i32, to: i32, worker: i32,
): void {
  const m = SIDE;
  const side = tileSide(r);
  const places = side * side;
  const across = (OW + m - 1) / m;
  const inImage = across * ((OH + m - 1) / m);
  const tiles = inImage * n;
  const blocks = (tiles + TILES - 1) / TILES;
  const step = tileStep(C);
  const made = (F + 7) & ~7;
  const small = scratch + bytes(worker * scratchFloats);
  const input = small + SMALL;
  const inputPlace = placeStep(bytes(TILES * step));
  const gradientPlace = placeStep(bytes(TILES * made));
  const gradients = input + <usize>places * inputPlace;
  const size = C * F;
  for (let chunk = from; chunk < to; chunk++) {
    const sum = sums + bytes(places * chunk) * <usize>size;
    memory.fill(sum, 0, bytes(places) * <usize>size);
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
          side, x + bytes(image * H) * <usize>(W * C), H, W, C, row - top, column - left, 1, small, input + bytes(t * step), inputPlace,
        );
        tileGradient(
          side, dy + bytes((image * OH + row) * OW + column) * <usize>F, OW, F, min(m, OH - row), min(m, OW - column), m,
          small, gradients + (<usize>t << 5), count, gradientPlace,
        );
      }
      for (let place = 0; place < places; place++) {
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

/** Transforms one tile of an output gradient into panels [places][F / 8][count][8]. */
function tileGradient(
  side: i32, dy: usize, OW: i32, F: i32, rows: i32, columns: i32, m: i32, scratch: usize, out: usize, count: i32, placeBytes: usize,
): void {
  const half = scratch + 64 * 16;
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
    for (let b = 0; b < m; b++) transformFilter(side, from + <usize>b * across, down, m, half + (<usize>b << 4), <usize>m << 4);
    const panel = out + (<usize>((f >> 3) * count) << 5) + ((f & 4) << 2);
    for (let a = 0; a < side; a++) {
      transformFilter(side, half + (<usize>(a * m) << 4), 16, m, panel + <usize>(a * side) * placeBytes, placeBytes);
    }
  }
}

/** Filter gradient [r, r, C, F] of the sums of all chunks; `from` and `to` count channels. */
export function winogradFilterGradientEnd(
  sums: usize, chunks: i32, r: i32, C: i32, F: i32, out: usize, scratch: usize, from: i32, to: i32, worker: i32,
): void {
  const places = bytes(C) * <usize>F;
  const side = tileSide(r);
  const chunkBytes = <usize>(side * side) * places;
  const taken = scratch + <usize>(worker * SMALL);
  const half = taken + 64 * 16;
  const results = half + 64 * 16;
  for (let c = from; c < to; c++) {
    for (let f = 0; f < F; f += 4) {
      const start = sums + bytes(c * F + f);
      for (let place = 0; place < side * side; place++) {
        let at = start + <usize>place * places;
        let sum = v128.load(at);
        for (let chunk = 1; chunk < chunks; chunk++) {
          at += chunkBytes;
          sum = f32x4.add(sum, v128.load(at));
        }
        v128.store(taken + (<usize>place << 4), sum);
      }
      const line = <usize>side << 4;
      for (let b = 0; b < side; b++) transformOutput(side, taken + (<usize>b << 4), line, r, half + (<usize>b << 4), line);
      for (let a = 0; a < r; a++) transformOutput(side, half + <usize>a * line, 16, r, results + (<usize>(a * r) << 4), 16);
      for (let place = 0; place < r * r; place++) {
        storeFirst(out + <usize>place * places + bytes(c * F + f), v128.load(results + (<usize>place << 4)), F - f);
      }
    }
  }
}
