/**
 * What an ONNX file holds: operations in the order in which they run, and constants in single precision.
 *
 * Field numbers are those of onnx.proto in the ONNX sources.
 */
import { halfToSingle } from './half-float.ts';
import { unreadable } from './network-problems.ts';
import { type Message, parseMessage } from './protobuf.ts';

export interface OnnxConstant {
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** Stored in 8 bits with a sign. */
  readonly isSigned?: boolean;
}

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  int(attribute: string, otherwise: number): number;
  ints(attribute: string): readonly number[];
  float(attribute: string, otherwise: number): number;
  text(attribute: string): string;
  constant(attribute: string): OnnxConstant | null;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxConstant>;
  /** Of the images; 0 where a side is left open. */
  readonly input: { readonly name: string; readonly shape: readonly number[] };
}

const FLOAT = 1;
const UINT8 = 2;
const INT8 = 3;
const INT32 = 6;
const INT64 = 7;
const FLOAT16 = 10;
const DOUBLE = 11;

/** @throws StageError E0884. */
export function readOnnxFile(bytes: Uint8Array, file: string): OnnxGraph {
  try {
    const graph = parseMessage(bytes).message(7);
    if (graph === null) throw unreadable(file, 'it holds no graph');
    const constants = new Map(graph.messages(5).map((each) => [each.text(8), toConstant(each, file)]));
    const input = graph.messages(11).find((each) => !constants.has(each.text(1)));
    if (input === undefined) throw unreadable(file, 'it takes no images');
    const dimensions = input.message(2)?.message(1)?.message(2)?.messages(1) ?? [];
    return {
      nodes: graph.messages(1).map((each) => toNode(each, file)),
      constants,
      input: { name: input.text(1), shape: dimensions.map((each) => each.int(1, 0)) },
    };
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(file, 'it ends too early, or is no ONNX file');
    throw error;
  }
}

function toNode(node: Message, file: string): OnnxNode {
  const attributes = new Map(node.messages(5).map((each) => [each.text(1), each]));
  return {
    operator: node.text(4),
    inputs: node.texts(1),
    outputs: node.texts(2),
    int: (name, otherwise) => attributes.get(name)?.int(3, otherwise) ?? otherwise,
    ints: (name) => attributes.get(name)?.ints(8) ?? [],
    float: (name, otherwise) => attributes.get(name)?.float(2, otherwise) ?? otherwise,
    text: (name) => attributes.get(name)?.text(4) ?? '',
    constant(name) {
      const tensor = attributes.get(name)?.message(5) ?? null;
      return tensor === null ? null : toConstant(tensor, file);
    },
  };
}

function toConstant(tensor: Message, file: string): OnnxConstant {
  const shape = tensor.ints(1);
  const values = valuesOf(tensor, file);
  const count = shape.reduce((product, side) => product * side, 1);
  if (values.length !== count) {
    throw unreadable(file, `its constant \`${tensor.text(8)}\` has ${values.length} values, expected ${count}`);
  }
  return { shape, values, ...(tensor.int(2, 0) === INT8 ? { isSigned: true } : {}) };
}

function valuesOf(tensor: Message, file: string): Float32Array {
  const name = tensor.text(8);
  if (tensor.messages(13).length > 0) {
    throw unreadable(file, `its constant \`${name}\` lies in another file; save the network as one file`);
  }
  const type = tensor.int(2, 0);
  const raw = Uint8Array.from(tensor.bytes(9)).buffer;
  const hasRaw = raw.byteLength > 0;
  if (type === FLOAT) return hasRaw ? new Float32Array(raw) : Float32Array.from(tensor.floats(4));
  if (type === FLOAT16) return halfToSingle(hasRaw ? new Uint16Array(raw) : Uint16Array.from(tensor.ints(5)));
  if (type === INT64) return Float32Array.from(hasRaw ? Array.from(new BigInt64Array(raw), Number) : tensor.ints(7));
  if (type === INT32) return Float32Array.from(hasRaw ? new Int32Array(raw) : tensor.ints(5));
  if (type === UINT8) return Float32Array.from(hasRaw ? new Uint8Array(raw) : tensor.ints(5));
  if (type === INT8) return Float32Array.from(hasRaw ? new Int8Array(raw) : tensor.ints(5));
  if (type === DOUBLE && hasRaw) return Float32Array.from(new Float64Array(raw));
  throw unreadable(file, `its constant \`${name}\` has values of a kind (${type}) that is not read`);
}
