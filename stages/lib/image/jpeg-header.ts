/**
 * What a JPEG says before its pixels: size and colours, and the plan by which our own decoder reads it.
 *
 * Source of the layout: ITU-T T.81, annex B; ISO/IEC 10918-6 for what colours the components are.
 */
import { exifOrientation } from './exif-orientation.ts';

export interface ImageHeader {
  /** As stored, before any orientation. */
  readonly width: number;
  readonly height: number;
  readonly isGray: boolean;
}

export interface JpegComponent {
  readonly id: number;
  /** Blocks in one unit. */
  readonly across: number;
  readonly down: number;
  /** Number of its quantisation table. */
  readonly quanta: number;
  /** Numbers of its Huffman tables. */
  readonly dc: number;
  readonly ac: number;
}

/** Of a file whose pixels lie in a single scan, 8 bits, grey or YCbCr: everything its decoding depends on. */
export interface JpegPlan extends ImageHeader {
  /** One, or luma and two of chroma. */
  readonly components: readonly JpegComponent[];
  /** Pixels to a sample of chroma: 1 x 1, 2 x 1 or 2 x 2. */
  readonly across: 1 | 2;
  readonly down: 1 | 2;
  /** 64 values each, in the order of the file. */
  readonly quanta: readonly (Uint8Array | undefined)[];
  /** 16 counts and the symbols, by class (0: first coefficients) times 4 plus number. */
  readonly tables: readonly (Uint8Array | undefined)[];
  /** Units between restarts, or 0. */
  readonly interval: number;
  /** Where the coded data begin. */
  readonly scanAt: number;
  /** As EXIF has it, 1 to 8. */
  readonly orientation: number;
}

const START_OF_SCAN = 0xda;
const QUANTA = 0xdb;
const TABLES = 0xc4;
const INTERVAL = 0xdd;
const COMMENT = 0xfe;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP14 = 0xee;

/** Shorter blocks of these names are none. */
const JFIF_BYTES = 14;
const ADOBE_BYTES = 12;
const MOST_SAMPLING = 4;

/** Start of frame, of all kinds of coding; 0xc4, 0xc8 and 0xcc mean other things. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

interface Segment {
  readonly marker: number;
  /** Without marker and length. */
  readonly bytes: Uint8Array;
  /** Where it ends. */
  readonly end: number;
}

/** Up to the first scan. Ends early where the file is not as it has to be. */
function* segments(file: Uint8Array): Generator<Segment> {
  let place = 2;
  while (place + 4 <= file.length && file[place] === 0xff) {
    const marker = file[place + 1] as number;
    if (marker === 0xff) {
      place++;
      continue;
    }
    const length = ((file[place + 2] as number) << 8) | (file[place + 3] as number);
    const end = place + 2 + length;
    if (length < 2 || end > file.length) return;
    yield { marker, bytes: file.subarray(place + 4, end), end };
    if (marker === START_OF_SCAN) return;
    place = end;
  }
}

/** Null when no frame header is found: the decoder says what is wrong with the file. */
export function readJpegHeader(file: Uint8Array): ImageHeader | null {
  for (const { marker, bytes } of segments(file)) if (isFrame(marker)) return sizeIn(bytes);
  return null;
}

function sizeIn(frame: Uint8Array): ImageHeader | null {
  const at = (place: number) => frame[place] ?? 0;
  const [height, width] = [(at(1) << 8) | at(2), (at(3) << 8) | at(4)];
  return width > 0 && height > 0 ? { width, height, isGray: at(5) === 1 } : null;
}

/**
 * Null for whatever is not plain: several scans, arithmetic coding, 12 bits, CMYK or RGB, an embedded colour profile, an odd
 * EXIF block, tables that are missing.
 */
export function planJpeg(file: Uint8Array): JpegPlan | null {
  const quanta: Uint8Array[] = [];
  const tables: Uint8Array[] = [];
  let interval = 0;
  let orientation: number | null = 1;
  let exifs = 0;
  let colours: 'by id' | 'YCbCr' = 'by id';
  let frame: Uint8Array | null = null;
  for (const { marker, bytes, end } of segments(file)) {
    if (marker === QUANTA) {
      if (!readQuanta(bytes, quanta)) return null;
    } else if (marker === TABLES) {
      if (!readTables(bytes, tables)) return null;
    } else if (marker === INTERVAL) {
      if (bytes.length !== 2) return null;
      interval = ((bytes[0] as number) << 8) | (bytes[1] as number);
    } else if (marker === 0xc0 || marker === 0xc1) {
      if (frame !== null) return null;
      frame = bytes;
    } else if (marker === START_OF_SCAN) {
      if (frame === null || orientation === null || exifs > 1) return null;
      return makePlan(frame, bytes, colours, { quanta, tables, interval, scanAt: end, orientation });
    } else if (marker >= APP0 && marker <= APP0 + 15) {
      if (begins(bytes, 'ICC_PROFILE\0')) return null;
      // Each counts under its own marker alone, and whole, as in libjpeg.
      if (marker === APP0 && bytes.length >= JFIF_BYTES && begins(bytes, 'JFIF\0')) colours = 'YCbCr';
      if (marker === APP1 && begins(bytes, 'Exif\0\0')) {
        orientation = exifOrientation(bytes.subarray(6));
        exifs++;
      }
      if (marker === APP14 && bytes.length >= ADOBE_BYTES && begins(bytes, 'Adobe')) {
        if (bytes[11] !== 1) return null;
        colours = 'YCbCr';
      }
    } else if (marker !== COMMENT) return null;
  }
  return null;
}

function begins(bytes: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}

function readQuanta(bytes: Uint8Array, into: Uint8Array[]): boolean {
  for (let at = 0; at < bytes.length; at += 65) {
    const number = bytes[at] as number;
    if (number > 3 || at + 65 > bytes.length) return false;
    into[number] = bytes.subarray(at + 1, at + 65);
  }
  return true;
}

function readTables(bytes: Uint8Array, into: Uint8Array[]): boolean {
  for (let at = 0; at < bytes.length; ) {
    const name = bytes[at] as number;
    if ((name & ~0x13) !== 0) return false;
    let end = at + 17;
    for (let i = at + 1; i < at + 17; i++) end += bytes[i] ?? 0;
    if (end > bytes.length || end - at > 17 + 256) return false;
    into[(name >> 4) * 4 + (name & 3)] = bytes.subarray(at + 1, end);
    at = end;
  }
  return true;
}

type Told = Pick<JpegPlan, 'quanta' | 'tables' | 'interval' | 'scanAt' | 'orientation'>;

function makePlan(frame: Uint8Array, scan: Uint8Array, colours: 'by id' | 'YCbCr', told: Told): JpegPlan | null {
  const size = sizeIn(frame);
  const count = frame[5] as number;
  if (size === null || frame[0] !== 8 || (count !== 1 && count !== 3) || frame.length !== 6 + 3 * count) return null;
  if (scan[0] !== count || scan.length !== 4 + 2 * count) return null;
  // All coefficients, at once.
  if (scan[1 + 2 * count] !== 0 || scan[2 + 2 * count] !== 63 || scan[3 + 2 * count] !== 0) return null;
  const components: JpegComponent[] = [];
  for (let i = 0; i < count; i++) {
    const [id, sampling, quanta] = frame.subarray(6 + 3 * i, 9 + 3 * i) as unknown as [number, number, number];
    const [dc, ac] = [(scan[2 + 2 * i] as number) >> 4, (scan[2 + 2 * i] as number) & 15];
    if (scan[1 + 2 * i] !== id || dc > 3 || ac > 3) return null;
    if (told.quanta[quanta] === undefined || !told.tables[dc] || !told.tables[4 + ac]) return null;
    const given = [sampling >> 4, sampling & 15] as const;
    if (given.some((factor) => factor < 1 || factor > MOST_SAMPLING)) return null;
    // Of a single component the blocks come one by one, whatever is said of its units.
    const [across, down] = count === 1 ? [1, 1] : given;
    components.push({ id, across, down, quanta, dc, ac });
  }
  const [luma, ...chroma] = components;
  if (luma === undefined || chroma.some(({ across, down }) => across !== 1 || down !== 1)) return null;
  if (colours === 'by id' && count === 3 && components.some(({ id }, i) => id !== i + 1)) return null;
  const { across, down } = luma;
  if ((across !== 1 && across !== 2) || (down !== 1 && down !== 2) || down > across) return null;
  return { ...size, ...told, components, across, down };
}
