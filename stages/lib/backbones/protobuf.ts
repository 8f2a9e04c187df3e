/**
 * Reads and writes protocol buffers by the number of their fields, without a schema compiler.
 *
 * Encoding: https://protobuf.dev/programming-guides/encoding: each field is its number and wire type, then a varint (0), eight
 * bytes (1), a length and bytes (2) or four bytes (5).
 */

/** Values of a message by number of the field, in the order in which they stand there. */
export interface Message {
  /** The last value of a whole number; unsigned ones beyond 2^53 lose their last digits. */
  int(field: number, otherwise: number): number;
  /** Whole numbers, packed or not. */
  ints(field: number): number[];
  float(field: number, otherwise: number): number;
  floats(field: number): number[];
  text(field: number): string;
  texts(field: number): string[];
  bytes(field: number): Uint8Array;
  message(field: number): Message | null;
  messages(field: number): Message[];
}

type Raw = bigint | Uint8Array;

/** @throws RangeError when the bytes end within a field. */
export function parseMessage(bytes: Uint8Array): Message {
  const fields = new Map<number, Raw[]>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
      if (shift > 63n) throw new RangeError('a number does not end');
    }
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw new RangeError('a field ends behind the end of the file');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [field, wire] = [tag >>> 3, tag & 7];
    if (wire === 3 || wire === 4 || wire > 5) throw new RangeError('a field of an unknown kind');
    const value = wire === 0 ? varint() : take(wire === 1 ? 8 : wire === 5 ? 4 : Number(varint()));
    const others = fields.get(field);
    if (others === undefined) fields.set(field, [value]);
    else others.push(value);
  }
  return messageOf(fields);
}

function messageOf(fields: ReadonlyMap<number, readonly Raw[]>): Message {
  const of = (field: number): readonly Raw[] => fields.get(field) ?? [];
  const chunks = (field: number) => of(field).filter((each): each is Uint8Array => typeof each !== 'bigint');
  const ints = (field: number): number[] =>
    of(field).flatMap((each) => (typeof each === 'bigint' ? [signed(each)] : packedInts(each)));
  const floats = (field: number): number[] =>
    chunks(field).flatMap((each) => Array.from(new Float32Array(Uint8Array.from(each).buffer)));
  const texts = (field: number): string[] => chunks(field).map((each) => Buffer.from(each).toString('utf8'));
  const messages = (field: number): Message[] => chunks(field).map(parseMessage);
  return {
    ints,
    floats,
    texts,
    messages,
    int: (field, otherwise) => ints(field).at(-1) ?? otherwise,
    float: (field, otherwise) => floats(field).at(-1) ?? otherwise,
    text: (field) => texts(field).at(-1) ?? '',
    bytes: (field) => chunks(field).at(-1) ?? new Uint8Array(0),
    message: (field) => messages(field).at(-1) ?? null,
  };
}

function signed(value: bigint): number {
  return Number(BigInt.asIntN(64, value));
}

function packedInts(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    values.push(signed(value));
    value = 0n;
    shift = 0n;
  }
  return values;
}

export function intField(field: number, value: number): Uint8Array {
  return Buffer.concat([encodeVarint(BigInt(field << 3)), encodeVarint(BigInt.asUintN(64, BigInt(value)))]);
}

export function floatField(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([encodeVarint(BigInt((field << 3) | 5)), bytes]);
}

/** Text, bytes, or the fields of a message. */
export function bytesField(field: number, content: string | Uint8Array | readonly Uint8Array[]): Uint8Array {
  const parts =
    typeof content === 'string' ? [Buffer.from(content)] : content instanceof Uint8Array ? [content] : content;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([encodeVarint(BigInt((field << 3) | 2)), encodeVarint(BigInt(length)), ...parts]);
}

function encodeVarint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
