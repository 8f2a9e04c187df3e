/**
 * What a TensorFlow Lite file holds: tensors, their values in single precision, and operations in the order in which they run.
 *
 * Field numbers are those of schema.fbs, version 3, in the TensorFlow sources. Only the first subgraph is read: classifiers
 * have no other.
 */
import { rootTable, type Table } from './flatbuffer.ts';
import { halfToSingle } from './half-float.ts';
import { unreadable } from './network-problems.ts';

export interface LiteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Null for what is computed. */
  values(): Float32Array | null;
  /** Least and greatest value it can hold, of a tensor in 8 bits; null: any. */
  readonly range: readonly [number, number] | null;
}

export interface LiteOperation {
  /** Number in BuiltinOperator. */
  readonly code: number;
  /** Places in `tensors`; -1: left out. */
  readonly inputs: readonly number[];
  readonly output: number;
  readonly options: Table | null;
}

export interface LiteGraph {
  readonly tensors: readonly LiteTensor[];
  readonly operations: readonly LiteOperation[];
  readonly input: number;
}

const FLOAT32 = 0;
const FLOAT16 = 1;
const INT32 = 2;
const UINT8 = 3;
const INT8 = 9;
const BITS_8 = 256;

/** @throws StageError E0884. */
export function readLiteFile(bytes: Uint8Array, file: string): LiteGraph {
  if (Buffer.from(bytes.subarray(4, 8)).toString('latin1') !== 'TFL3') {
    throw unreadable(file, 'it does not begin as a TensorFlow Lite file does');
  }
  try {
    const model = rootTable(bytes);
    const codes = model.tables(1).map((each) => Math.max(each.byte(0, 0), each.int(3, 0)));
    const buffers = model.tables(4).map((each) => each.bytes(0));
    const [graph] = model.tables(2);
    if (graph === undefined) throw unreadable(file, 'it holds no graph');
    return {
      tensors: graph.tables(0).map((each) => toTensor(each, buffers, file)),
      operations: graph.tables(3).map((each) => ({
        code: codes[each.unsigned(0, 0)] ?? -1,
        inputs: each.ints(1),
        output: each.ints(2)[0] ?? -1,
        options: each.table(4),
      })),
      input: graph.ints(1)[0] ?? 0,
    };
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(file, 'it ends too early');
    throw error;
  }
}

function toTensor(table: Table, buffers: readonly Uint8Array[], file: string): LiteTensor {
  const shape = table.ints(0);
  const type = table.byte(1, 0);
  const buffer = buffers[table.unsigned(2, 0)] ?? new Uint8Array(0);
  const name = table.text(3);
  const quantization = table.table(4);
  const scales = quantization?.floats(2) ?? [];
  const zeros = quantization?.longs(3) ?? [];
  const axis = quantization?.int(6, 0) ?? 0;
  const least = type === UINT8 ? 0 : -BITS_8 / 2;
  const [scale, zero = 0] = [scales[0], zeros[0]];
  const isByte = type === UINT8 || type === INT8;
  return {
    name,
    shape,
    range:
      isByte && scale !== undefined && scales.length === 1
        ? [(least - zero) * scale, (least + BITS_8 - 1 - zero) * scale]
        : null,
    values() {
      if (buffer.length === 0) return null;
      const raw = rawValues(buffer, type, `\`${name}\``, file);
      const count = shape.reduce((size, side) => size * side, 1);
      if (raw.length < count) throw unreadable(file, `\`${name}\` has ${raw.length} values, expected ${count}`);
      if (scale === undefined || type === FLOAT32 || type === FLOAT16) return raw;
      const inner = shape.slice(axis + 1).reduce((size, side) => size * side, 1);
      const channels = shape[axis] ?? 1;
      return raw.map((value, i) => {
        const k = scales.length > 1 ? Math.floor(i / inner) % channels : 0;
        return (value - (zeros[k] ?? 0)) * (scales[k] ?? 1);
      });
    },
  };
}

/** A copy in single precision. */
function rawValues(buffer: Uint8Array, type: number, what: string, file: string): Float32Array {
  const own = Uint8Array.from(buffer).buffer;
  if (type === FLOAT32) return new Float32Array(own);
  if (type === FLOAT16) return halfToSingle(new Uint16Array(own));
  if (type === INT32) return Float32Array.from(new Int32Array(own));
  if (type === UINT8) return Float32Array.from(new Uint8Array(own));
  if (type === INT8) return Float32Array.from(new Int8Array(own));
  throw unreadable(file, `${what} has values of a kind (${type}) that is not read`);
}
