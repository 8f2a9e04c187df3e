/**
 * Reads BMP files as cameras and Windows programs write them: 8 bits with a palette, 24 and 32 bits, uncompressed.
 *
 * Source: Microsoft, "Bitmap Storage" (BITMAPFILEHEADER, BITMAPINFOHEADER). sharp's prebuilt library has no reader for it.
 */
import type { Raster } from './raster.ts';

const FILE_HEADER_BYTES = 14;
const UNCOMPRESSED = 0;
/** Says where the colours lie in 32 bits; all programs that write it mean the usual places. */
const MASKS = 3;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bits: number;
  readonly pixelsAt: number;
  readonly palette: Uint8Array;
}

export function bmpSize(file: Uint8Array): { width: number; height: number } {
  const { width, height } = readHeader(file);
  return { width, height };
}

/** One channel when every colour of the palette is a grey, else three. @throws Error when it is cut short or of another kind. */
export function decodeBmp(file: Uint8Array): Raster {
  const header = readHeader(file);
  const { width, height, bits, palette } = header;
  const lineBytes = Math.ceil((width * bits) / 32) * 4;
  if (header.pixelsAt + lineBytes * height > file.length) throw new Error('the BMP file is cut short');
  const isGray = bits === 8 && isGrayPalette(palette);
  const channels = isGray ? 1 : 3;
  const data = new Uint8Array(width * height * channels);
  const step = bits / 8;
  let target = 0;
  for (let y = 0; y < height; y++) {
    let at = header.pixelsAt + lineBytes * (header.isTopDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++, at += step) {
      const [colours, place] = bits === 8 ? [palette, (file[at] as number) * 4] : [file, at];
      if (place + 2 >= colours.length)
        throw new Error('a pixel of the BMP file has a colour that is not in its palette');
      // Blue comes first.
      if (!isGray) {
        data[target++] = colours[place + 2] as number;
        data[target++] = colours[place + 1] as number;
      }
      data[target++] = colours[place] as number;
    }
  }
  return { width, height, channels, data };
}

function readHeader(file: Uint8Array): Header {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  const headerBytes = bytes.length < FILE_HEADER_BYTES + 40 ? 0 : bytes.readUInt32LE(FILE_HEADER_BYTES);
  if (headerBytes < 40) throw new Error('the header of the BMP file is cut short or older than Windows 3');
  const width = bytes.readInt32LE(18);
  const height = bytes.readInt32LE(22);
  const bits = bytes.readUInt16LE(28);
  const compression = bytes.readUInt32LE(30);
  const readable = compression === UNCOMPRESSED ? [8, 24, 32] : compression === MASKS ? [32] : [];
  if (!readable.includes(bits)) {
    throw new Error(`BMP of ${bits} bits with compression ${compression}; 8, 24 and 32 bits without are read`);
  }
  if (width < 1 || height === 0) throw new Error(`a BMP file of ${width} x ${height} pixels`);
  const paletteAt = FILE_HEADER_BYTES + headerBytes;
  const pixelsAt = bytes.readUInt32LE(10);
  const palette = bits === 8 ? bytes.subarray(paletteAt, Math.min(paletteAt + 1024, pixelsAt)) : new Uint8Array();
  return { width, height: Math.abs(height), isTopDown: height < 0, bits, pixelsAt, palette };
}

function isGrayPalette(palette: Uint8Array): boolean {
  for (let at = 0; at + 2 < palette.length; at += 4) {
    if (palette[at] !== palette[at + 1] || palette[at] !== palette[at + 2]) return false;
  }
  return true;
}
