/** One scan: every block of every component, into planes. */
import { bitsBefore, readBlock, startReading, unstuff, unstuffedEnd } from './huffman';
import { fillBlock, MOST_IN_ROW, transformBlock } from './transform';

/** What is told of each component: seven numbers (i32). */
const COMPONENT_BYTES: usize = 28;
/** A block, and what is written behind it. */
const BLOCK = memory.data(144, 16);
/** Of each component the value of the last block's first coefficient. */
const PREDICTED = memory.data(16, 16);
const RESTART: i32 = 0xd0;
const END_OF_IMAGE: i32 = 0xd9;

/**
 * @param from, end   the file from the scan's data on
 * @param data        room for as many bytes, and 64 more
 * @param components  of each: blocks across and down in a unit, address and stride of its plane, addresses of its quanta
 *                    (i16, row by row), of its table for first coefficients and of that for the others
 * @param interval    units between restarts; 0: there are none
 * @returns           0 when anything is not as it has to be, the end of the image included
 */
export function readScan(
  from: usize, end: usize, data: usize, components: usize, count: i32, unitsAcross: i32, unitsDown: i32, interval: i32,
): i32 {
  const units = unitsAcross * unitsDown;
  let done = 0;
  let expected = RESTART;
  let isWhole = 1;
  while (isWhole && done < units) {
    const marker = unstuff(from, end, data);
    memory.fill(unstuffedEnd, 0, 64);
    const stop = interval == 0 ? units : min(units, done + interval);
    isWhole = marker != 0 && readUnits(data, components, count, unitsAcross, done, stop) ? 1 : 0;
    done = stop;
    if (isWhole) isWhole = <i32>load<u8>(marker, 1) == (done == units ? END_OF_IMAGE : expected) ? 1 : 0;
    expected = RESTART | expected + 1 & 7;
    from = marker + 2;
  }
  return isWhole;
}

/** The units between two restarts. */
function readUnits(data: usize, components: usize, count: i32, unitsAcross: i32, first: i32, stop: i32): i32 {
  const end = unstuffedEnd;
  startReading(data);
  v128.store(PREDICTED, i32x4.splat(0));
  let row = first / unitsAcross;
  let column = first - row * unitsAcross;
  for (let unit = first; unit < stop; unit++) {
    for (let each = 0; each < count; each++) {
      if (readComponent(components + <usize>each * COMPONENT_BYTES, PREDICTED + (<usize>each << 2), column, row) == 0) return 0;
    }
    if (bitsBefore(end) < 0) return 0;
    if (++column == unitsAcross) {
      column = 0;
      row++;
    }
  }
  return bitsBefore(end) < 8 ? 1 : 0;
}

/** The blocks of one component in one unit. */
@inline
function readComponent(component: usize, predicted: usize, column: i32, row: i32): i32 {
  const across = load<i32>(component);
  const down = load<i32>(component, 4);
  const plane = load<usize>(component, 8);
  const stride = load<usize>(component, 12);
  const quanta = load<usize>(component, 16);
  const dc = load<usize>(component, 20);
  const ac = load<usize>(component, 24);
  const zero = i64x2.splat(0);
  let line = plane + (<usize>(row * down) * stride + <usize>(column * across) << 3);
  for (let y = 0; y < down; y++, line += stride << 3) {
    for (let x = 0; x < across; x++) {
      const what = readBlock(BLOCK, dc, ac, predicted);
      const out = line + (<usize>x << 3);
      const first = load<i32>(predicted) * <i32>load<i16>(quanta);
      const isSound = what >= 0 && first <= MOST_IN_ROW && first >= -MOST_IN_ROW;
      if (isSound && what == 0) {
        fillBlock(first, out, stride);
        continue;
      }
      const isWhole = isSound && transformBlock(BLOCK, quanta, out, stride);
      clear(zero);
      if (!isWhole) return 0;
    }
  }
  return 1;
}

@inline
function clear(zero: v128): void {
  for (let at: usize = 0; at < 128; at += 16) v128.store(BLOCK + at, zero);
}
