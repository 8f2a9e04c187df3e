/**
 * The inner loops of all products: a tile of four rows by eight columns in registers.
 *
 * `multiplyPanel` serves matrix products and convolutions, `outerPanel` their gradients. Weights lie in panels: eight
 * columns side by side, one row after another, zero where there is no column.
 */
import { bytes, mulAdd, storeFirst8 } from './lanes';

/**
 * Packs a matrix [rows, columns] into panels [columns / 8][rows][8].
 *
 * @param rowStep     floats from a row to the next
 * @param columnStep  floats from a column to the next
 * @param panelBytes  from a panel to the next, so that several matrices can be stacked into one
 */
export function packPanels(
  matrix: usize, rowStep: i32, columnStep: i32, rows: i32, columns: i32, panels: usize, panelBytes: i32,
  from: i32, to: i32,
): void {
  const next = bytes(rowStep);
  for (let panel = from; panel < to; panel++) {
    const first = panel << 3;
    const width = min(8, columns - first);
    let out = panels + <usize>panel * <usize>panelBytes;
    let start = matrix + bytes(first) * <usize>columnStep;
    if (columnStep == 1 && width == 8) {
      for (let row = 0; row < rows; row++, out += 32, start += next) {
        v128.store(out, v128.load(start));
        v128.store(out, v128.load(start, 16), 16);
      }
      continue;
    }
    const across = bytes(columnStep);
    let row = 0;
    if (rowStep == 1 && width == 8) {
      for (; row + 4 <= rows; row += 4, out += 128, start += 16) {
        transpose4(start, across, out);
        transpose4(start + 4 * across, across, out + 16);
      }
    }
    for (; row < rows; row++, out += 32, start += next) {
      for (let column = 0; column < 8; column++) {
        f32.store(out + bytes(column), column < width ? f32.load(start + <usize>column * across) : 0);
      }
    }
  }
}

/** Four rows of four, `across` bytes apart, become four columns 32 bytes apart. */
@inline
function transpose4(from: usize, across: usize, to: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + across);
  const c = v128.load(from + 2 * across);
  const d = v128.load(from + 3 * across);
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7), 96);
}

/** Turns the panels of a filter [height * width][C][F] round by 180 degrees, with F as rows and C as columns. */
export function packTurned(filter: usize, places: i32, C: i32, F: i32, panels: usize, from: i32, to: i32): void {
  for (let place = 0; place < places; place++) {
    const matrix = filter + bytes((places - 1 - place) * C) * <usize>F;
    packPanels(matrix, 1, F, F, C, panels + (<usize>(place * F) << 5), (places * F) << 5, from, to);
  }
}

/** Eight zeros: the address to give where nothing is to be added. */
export const NOTHING: usize = memory.data(32);

/**
 * out[row][0..width] = activation(sum over parts and k of a[row][part][k] * panel[part][k][0..8] + added[row]).
 *
 * A row of `a` is made of parts (the lines of a filter) of `length` floats, `partBytes` apart.
 * @param rowBytes  from a row of `a` to the next
 * @param added     what is added to each row: a bias (`addedBytes` 0), the row of `out` itself, or NOTHING
 */
export function multiplyPanel(
  a: usize, rowBytes: usize, parts: i32, length: i32, partBytes: usize, panel: usize,
  out: usize, outBytes: usize, rows: i32, width: i32, added: usize, addedBytes: usize, activation: i32,
): void {
  const zero = f32x4.splat(0);
  // Without a branch the compiler of the machine can join two vectors into one of twice the length.
  const least = f32x4.splat(activation == 0 ? -Infinity : 0);
  const most = f32x4.splat(activation == 2 ? 6 : Infinity);
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
    let w = panel;
    let line = a;
    for (let part = 0; part < parts; part++, line += partBytes) {
      let p0 = line, p1 = p0 + rowBytes, p2 = p1 + rowBytes, p3 = p2 + rowBytes;
      // One step at a time: of a longer body V8 before version 13 does all loads first, and registers run out.
      const end = p0 + bytes(length);
      while (p0 < end) {
        const w0 = v128.load(w), w1 = v128.load(w, 16);
        let x = v128.load32_splat(p0); c00 = mulAdd(c00, x, w0); c01 = mulAdd(c01, x, w1);
        x = v128.load32_splat(p1); c10 = mulAdd(c10, x, w0); c11 = mulAdd(c11, x, w1);
        x = v128.load32_splat(p2); c20 = mulAdd(c20, x, w0); c21 = mulAdd(c21, x, w1);
        x = v128.load32_splat(p3); c30 = mulAdd(c30, x, w0); c31 = mulAdd(c31, x, w1);
        p0 += 4; p1 += 4; p2 += 4; p3 += 4; w += 32;
      }
    }
    c00 = finish(c00, v128.load(added + 0 * addedBytes), least, most);
    c01 = finish(c01, v128.load(added + 0 * addedBytes, 16), least, most);
    c10 = finish(c10, v128.load(added + 1 * addedBytes), least, most);
    c11 = finish(c11, v128.load(added + 1 * addedBytes, 16), least, most);
    c20 = finish(c20, v128.load(added + 2 * addedBytes), least, most);
    c21 = finish(c21, v128.load(added + 2 * addedBytes, 16), least, most);
    c30 = finish(c30, v128.load(added + 3 * addedBytes), least, most);
    c31 = finish(c31, v128.load(added + 3 * addedBytes, 16), least, most);
    if (width == 8) {
      v128.store(out, c00);
      v128.store(out, c01, 16);
      v128.store(out + outBytes, c10);
      v128.store(out + outBytes, c11, 16);
      v128.store(out + 2 * outBytes, c20);
      v128.store(out + 2 * outBytes, c21, 16);
      v128.store(out + 3 * outBytes, c30);
      v128.store(out + 3 * outBytes, c31, 16);
    } else {
      storeFirst8(out, c00, c01, width);
      storeFirst8(out + outBytes, c10, c11, width);
      storeFirst8(out + 2 * outBytes, c20, c21, width);
      storeFirst8(out + 3 * outBytes, c30, c31, width);
    }
    added += 4 * addedBytes;
    out += 4 * outBytes;
    a += 4 * rowBytes;
  }
  for (; row < rows; row++, out += outBytes, a += rowBytes, added += addedBytes) {
    let c0 = zero, c1 = zero;
    let w = panel;
    let line = a;
    for (let part = 0; part < parts; part++, line += partBytes) {
      const end = line + bytes(length);
      for (let p = line; p < end; p += 4, w += 32) {
        const x = v128.load32_splat(p);
        c0 = mulAdd(c0, x, v128.load(w));
        c1 = mulAdd(c1, x, v128.load(w, 16));
      }
    }
    c0 = finish(c0, v128.load(added), least, most);
    c1 = finish(c1, v128.load(added, 16), least, most);
    storeFirst8(out, c0, c1, width);
  }
}

/** `pmax` and `pmin` are one instruction each, and what is not a number stays so. */
@inline
export function finish(sum: v128, added: v128, least: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.pmax(f32x4.add(sum, added), least), most);
}

/**
 * out[0..4][0..8] += sum over `count` places of a[place][0..4] * b[place][0..8]; of `out` only `rows` by `width` are there.
 *
 * @param aBytes  from a place of `a` to the next; `b` is a panel, 32 bytes a place
 */
export function outerPanel(
  a: usize, aBytes: usize, b: usize, count: i32, out: usize, outBytes: usize, rows: i32, width: i32,
): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
  const end = b + (<usize>count << 5);
  while (b < end) {
    const g0 = v128.load(b), g1 = v128.load(b, 16);
    let x = v128.load32_splat(a); c00 = mulAdd(c00, x, g0); c01 = mulAdd(c01, x, g1);
    x = v128.load32_splat(a, 4); c10 = mulAdd(c10, x, g0); c11 = mulAdd(c11, x, g1);
    x = v128.load32_splat(a, 8); c20 = mulAdd(c20, x, g0); c21 = mulAdd(c21, x, g1);
    x = v128.load32_splat(a, 12); c30 = mulAdd(c30, x, g0); c31 = mulAdd(c31, x, g1);
    a += aBytes;
    b += 32;
  }
  addFirst8(out, c00, c01, width);
  if (rows > 1) addFirst8(out + outBytes, c10, c11, width);
  if (rows > 2) addFirst8(out + 2 * outBytes, c20, c21, width);
  if (rows > 3) addFirst8(out + 3 * outBytes, c30, c31, width);
}

@inline
function addFirst8(out: usize, low: v128, high: v128, width: i32): void {
  storeFirst8(out, f32x4.add(v128.load(out), low), f32x4.add(v128.load(out, 16), high), width);
}
