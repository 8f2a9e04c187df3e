/** Decoding of JPEG files, baseline and of 8 bits, from their tables on. */
export { makeTable } from './huffman';
export { readScan } from './scan';
export { toColours, toGrays } from './colour';
