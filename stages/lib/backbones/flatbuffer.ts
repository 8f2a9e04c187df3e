/**
 * Reads tables of a FlatBuffer by the number of their fields, without a schema compiler.
 *
 * Layout: https://flatbuffers.dev/internals: a table begins with the distance to its vtable, which holds for each field how far
 * into the table it lies, 0 for a field that is left out. All numbers are little-endian.
 */
export interface Table {
  /** Of signed 8 bits. */
  byte(field: number, otherwise: number): number;
  int(field: number, otherwise: number): number;
  unsigned(field: number, otherwise: number): number;
  float(field: number, otherwise: number): number;
  text(field: number): string;
  table(field: number): Table | null;
  tables(field: number): Table[];
  ints(field: number): number[];
  /** Whole numbers of 64 bits. */
  longs(field: number): number[];
  floats(field: number): number[];
  bytes(field: number): Uint8Array;
}

/** The root table. @throws RangeError while it is read, when the bytes end too early. */
export function rootTable(bytes: Uint8Array): Table {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return tableAt(bytes, view, view.getUint32(0, true));
}

function tableAt(bytes: Uint8Array, view: DataView, start: number): Table {
  const vtable = start - view.getInt32(start, true);
  const vtableBytes = view.getUint16(vtable, true);
  /** Where a field lies, 0 if it is left out. */
  const place = (field: number): number => {
    const slot = 4 + 2 * field;
    if (slot >= vtableBytes) return 0;
    const distance = view.getUint16(vtable + slot, true);
    return distance === 0 ? 0 : start + distance;
  };
  const follow = (at: number): number => at + view.getUint32(at, true);
  const vector = <T>(field: number, size: number, read: (at: number) => T): T[] => {
    const at = place(field);
    if (at === 0) return [];
    const begin = follow(at);
    const count = view.getUint32(begin, true);
    if (begin + 4 + count * size > bytes.length) throw new RangeError('a list ends behind the end of the file');
    return Array.from({ length: count }, (_, i) => read(begin + 4 + i * size));
  };
  const scalar = (field: number, otherwise: number, read: (at: number) => number): number => {
    const at = place(field);
    return at === 0 ? otherwise : read(at);
  };
  const blob = (field: number): Uint8Array => {
    const at = place(field);
    if (at === 0) return new Uint8Array(0);
    const begin = follow(at);
    const count = view.getUint32(begin, true);
    if (begin + 4 + count > bytes.length) throw new RangeError('a list ends behind the end of the file');
    return bytes.subarray(begin + 4, begin + 4 + count);
  };
  return {
    byte: (field, otherwise) => scalar(field, otherwise, (at) => view.getInt8(at)),
    int: (field, otherwise) => scalar(field, otherwise, (at) => view.getInt32(at, true)),
    unsigned: (field, otherwise) => scalar(field, otherwise, (at) => view.getUint32(at, true)),
    float: (field, otherwise) => scalar(field, otherwise, (at) => view.getFloat32(at, true)),
    text: (field) => Buffer.from(blob(field)).toString('utf8'),
    table: (field) => (place(field) === 0 ? null : tableAt(bytes, view, follow(place(field)))),
    tables: (field) => vector(field, 4, (at) => tableAt(bytes, view, follow(at))),
    ints: (field) => vector(field, 4, (at) => view.getInt32(at, true)),
    longs: (field) => vector(field, 8, (at) => Number(view.getBigInt64(at, true))),
    floats: (field) => vector(field, 4, (at) => view.getFloat32(at, true)),
    bytes: blob,
  };
}
