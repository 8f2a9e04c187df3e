/**
 * Huffman codes: tables that give a whole coefficient in one look where its code and its bits are short, and how blocks are read.
 *
 * Bits come from data without stuffing (`unstuff`). Whatever a sound file does not hold ends the reading: who called decides what
 * becomes of the image.
 *
 * Source: ITU-T T.81, annexes C and F.2.2.
 */

/** Bits looked at at once. */
const LOOK = 10;
/** Of a table: first an entry for each look; then for each length of code, 1 to 16, ... */
const LOOK_BYTES: usize = (1 << LOOK) * 4;
/** ... what the first code that is longer begins with, in 16 bits, ... */
const LIMITS: usize = LOOK_BYTES;
/** ... and what to add to a code to have the place of its symbol; then the symbols. */
const OFFSETS: usize = LIMITS + 17 * 4;
const SYMBOLS: usize = OFFSETS + 17 * 4;
export const TABLE_BYTES: usize = SYMBOLS + 256;

/** A longer run than any: nothing follows in this block. */
const END_OF_BLOCK = 128;
/** Places at which the runs of a sound block end are smaller. */
const AFTER_END = 64 + 16 + 1;
/** Zeros in a row without a value behind them. */
const SIXTEEN_ZEROS = 0xf0;

/**
 * Places of coefficients row by row, in the order of the file; all after the last lead to one place behind the block.
 */
const ORDER = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55,
  62, 63,
  64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
  64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
  64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
  64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
  64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
]);

/** How many bits the code takes, with those of the value when they are in the look too; else how many bits the value has. */
@inline
function entry(drop: i32, more: i32, run: i32, value: i32): i32 {
  return drop | more << 5 | run << 9 | value << 18;
}

/** Values of `size` bits: the upper half as they are, the lower half negative. */
@inline
function extend(bits: i32, size: i32): i32 {
  return size == 0 ? 0 : bits + (bits - (1 << (size - 1)) >> 31 & (-1 << size) + 1);
}

/**
 * @param counts  of codes of each length 1 to 16, a byte each; the symbols follow
 * @param isDc    a symbol is the size of a value, without a run before it
 * @returns       0 when no such code can be
 */
export function makeTable(counts: usize, table: usize, isDc: i32): i32 {
  memory.fill(table, 0, LOOK_BYTES);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= 16; length++) {
    store<i32>(table + OFFSETS + (<usize>length << 2), place - code);
    for (let left = <i32>load<u8>(counts + length - 1); left > 0; left--, code++, place++) {
      const symbol = <i32>load<u8>(counts + 16 + place);
      // No code is all ones.
      if (code + 1 >= 1 << length || place >= 256 || (isDc && symbol > 15)) return 0;
      store<u8>(table + SYMBOLS + place, <u8>symbol);
      if (length <= LOOK) fillLooks(table, code, length, symbol, isDc);
    }
    store<i32>(table + LIMITS + (<usize>length << 2), code << (16 - length));
    code <<= 1;
  }
  return 1;
}

/** All looks that begin with a code. Symbols that mean nothing are left to `longCode`, which refuses them. */
function fillLooks(table: usize, code: i32, length: i32, symbol: i32, isDc: i32): void {
  const free = LOOK - length;
  const run = isDc ? 0 : symbol >> 4;
  const size = isDc ? symbol : symbol & 15;
  for (let rest = 0; rest < 1 << free; rest++) {
    let what = 0;
    if (!isDc && size == 0) {
      if (symbol == 0) what = entry(length, 0, END_OF_BLOCK, 0);
      else if (symbol == SIXTEEN_ZEROS) what = entry(length, 0, 15, 0);
    } else if (size <= free) {
      what = entry(length + size, 0, run, extend(rest >> (free - size), size));
    } else what = entry(length, size, run, 0);
    store<i32>(table + (<usize>(code << free | rest) << 2), what);
  }
}

/** The entry of a code of any length; 0 when there is none. @param bits  the next 16 */
function longCode(table: usize, bits: i32, isDc: bool): i32 {
  for (let length = 1; length <= 16; length++) {
    if (bits >= load<i32>(table + LIMITS + (<usize>length << 2))) continue;
    const place = (bits >> (16 - length)) + load<i32>(table + OFFSETS + (<usize>length << 2));
    const symbol = <i32>load<u8>(table + SYMBOLS + place);
    if (isDc) return entry(length, symbol, 0, 0);
    if (symbol == 0) return entry(length, 0, END_OF_BLOCK, 0);
    if (symbol == SIXTEEN_ZEROS) return entry(length, 0, 15, 0);
    return (symbol & 15) == 0 ? 0 : entry(length, symbol & 15, symbol >> 4, 0);
  }
  return 0;
}

/** The next bits, from the highest on; behind those counted may stand some that come after them. */
let bits: u64 = 0;
let count: i32 = 0;
let next: usize = 0;

export function startReading(data: usize): void {
  bits = 0;
  count = 0;
  next = data;
}

/** Bits that are left before `end`; negative when more were read than there are. */
export function bitsBefore(end: usize): i32 {
  return (<i32>end - <i32>next) * 8 + count;
}

@inline
function eightBytes(from: usize): u64 {
  const v = v128.load(from);
  return i64x2.extract_lane(v128.shuffle<i8>(v, v, 7, 6, 5, 4, 3, 2, 1, 0, 7, 6, 5, 4, 3, 2, 1, 0), 0);
}

/**
 * Reads the 64 coefficients of a block.
 *
 * @param block      i16, row by row, all 0; behind it room for one more
 * @param predicted  address of the value of the last block's first coefficient (i32), which becomes that of this one's
 * @returns          0: the first coefficient alone is there; 1: others are; -1: this is no block
 */
export function readBlock(block: usize, dc: usize, ac: usize, predicted: usize): i32 {
  let buffer = bits;
  let have = count;
  let from = next;
  buffer |= eightBytes(from) >> have;
  from += 63 - have >> 3;
  have |= 56;

  let what = load<i32>(dc + (<usize>(buffer >> (64 - LOOK)) << 2));
  if (what == 0) {
    what = longCode(dc, <i32>(buffer >> 48), true);
    if (what == 0) return -1;
  }
  buffer <<= what & 31;
  have -= what & 31;
  let value = what >> 18;
  let more = what >> 5 & 15;
  if (more != 0) {
    value = extend(<i32>(buffer >> (64 - more)), more);
    buffer <<= more;
    have -= more;
  }
  value += load<i32>(predicted);
  store<i32>(predicted, value);
  store<i16>(block, <i16>value);

  let place = 1;
  do {
    if (have < 32) {
      buffer |= eightBytes(from) >> have;
      from += 63 - have >> 3;
      have |= 56;
    }
    what = load<i32>(ac + (<usize>(buffer >> (64 - LOOK)) << 2));
    if (what == 0) {
      what = longCode(ac, <i32>(buffer >> 48), false);
      if (what == 0) return -1;
    }
    buffer <<= what & 31;
    have -= what & 31;
    place += what >> 9 & 255;
    value = what >> 18;
    more = what >> 5 & 15;
    if (more != 0) {
      value = extend(<i32>(buffer >> (64 - more)), more);
      buffer <<= more;
      have -= more;
    }
    store<i16>(block + (<usize>load<u8>(ORDER + place) << 1), <i16>value);
    place++;
  } while (place < 64);
  bits = buffer;
  count = have;
  next = from;
  if (place == 64) return 1;
  if (place < AFTER_END) return -1;
  return place == 1 + END_OF_BLOCK + 1 ? 0 : 1;
}

/**
 * Copies coded data up to the next marker, without the zeros that stand after each 0xff.
 *
 * @returns  address of the marker, or 0 when `end` comes first. `unstuffedEnd` says where the copy ends.
 */
export function unstuff(from: usize, end: usize, to: usize): usize {
  const marks = i8x16.splat(-1);
  let marker: usize = 0;
  while (marker == 0 && from + 1 < end) {
    if (from + 16 <= end) {
      const v = v128.load(from);
      const found = i8x16.bitmask(i8x16.eq(v, marks));
      v128.store(to, v);
      const plain = found == 0 ? 16 : ctz(found);
      from += plain;
      to += plain;
      if (found == 0 || from + 1 >= end) continue;
    }
    const byte = load<u8>(from);
    if (byte == 0xff && load<u8>(from, 1) != 0) {
      marker = from;
    } else {
      store<u8>(to, byte);
      to++;
      from += byte == 0xff ? 2 : 1;
    }
  }
  unstuffedEnd = to;
  return marker;
}

export let unstuffedEnd: usize = 0;
