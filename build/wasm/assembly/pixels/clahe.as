/** The two passes over pixels of contrast limited adaptive histogram equalisation. */

/**
 * counts[256] (i32) of the grey levels in the given rows and columns of an image.
 *
 * @param rows, columns  places in the image (i32), `height` and `width` of them
 */
export function countLevels(
  image: usize, stride: i32, rows: usize, height: i32, columns: usize, width: i32, counts: usize,
): void {
  memory.fill(counts, 0, 1024);
  for (let y = 0; y < height; y++) {
    const row = image + <usize>i32.load(rows + (<usize>y << 2)) * <usize>stride;
    for (let x = 0; x < width; x++) {
      const count = counts + (<usize>load<u8>(row + i32.load(columns + (<usize>x << 2))) << 2);
      i32.store(count, i32.load(count) + 1);
    }
  }
}

/**
 * out[width] = what four tables make of each pixel of a line, blended.
 *
 * @param upper, lower  rows of tables of 256 bytes
 * @param columns  per pixel the places of the left and the right table (i32, bytes), and how much the right one counts (f64)
 * @param share    how much the lower row counts
 */
export function blendTables(
  line: usize, width: i32, upper: usize, lower: usize, columns: usize, share: f64, out: usize,
): void {
  for (let x = 0; x < width; x++, columns += 16) {
    const level = <usize>load<u8>(line + x);
    const left = <usize>i32.load(columns) + level;
    const right = <usize>i32.load(columns, 4) + level;
    const across = f64.load(columns, 8);
    const upperLeft = <f64>load<u8>(upper + left);
    const lowerLeft = <f64>load<u8>(lower + left);
    const above = upperLeft + (<f64>load<u8>(upper + right) - upperLeft) * across;
    const below = lowerLeft + (<f64>load<u8>(lower + right) - lowerLeft) * across;
    store<u8>(out + x, <i32>(above + (below - above) * share + 0.5));
  }
}
