/** Puts an ONNX file together, operation by operation. Field numbers are those of onnx.proto in the ONNX sources. */
import { bytesField, floatField, intField } from './protobuf.ts';

const OPSET = 13;
const IR_VERSION = 8;
const FLOAT = 1;
const INT64 = 7;

type Attribute = number | string | readonly number[] | { readonly float: number };

export type OnnxBuilder = ReturnType<typeof createOnnx>;

/** An empty file. */
export function createOnnx() {
  const nodes: Uint8Array[] = [];
  const constants: Uint8Array[] = [];
  const graph = {
    node(
      operator: string,
      from: readonly string[],
      to: string,
      attributes: Readonly<Record<string, Attribute>> = {},
    ): void {
      nodes.push(
        bytesField(1, [
          ...from.map((each) => bytesField(1, each)),
          bytesField(2, to),
          bytesField(4, operator),
          ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
        ]),
      );
    },
    floats(name: string, shape: readonly number[], values: Float32Array): void {
      constants.push(constant(name, FLOAT, shape, values));
    },
    int64s(name: string, values: readonly number[]): void {
      constants.push(constant(name, INT64, [values.length], BigInt64Array.from(values.map(BigInt))));
    },
    /** From 0 to the greatest value. */
    clip(from: string, to: string, most: number): void {
      graph.floats(`${to}/least`, [], Float32Array.of(0));
      graph.floats(`${to}/most`, [], Float32Array.of(most));
      graph.node('Clip', [from, `${to}/least`, `${to}/most`], to);
    },
    /** @param shape  of the images. */
    toFile(input: string, shape: readonly number[], output: string): Uint8Array {
      const dimensions = shape.map((side) => bytesField(1, intField(1, side)));
      const type = (parts: readonly Uint8Array[]) => bytesField(2, bytesField(1, [intField(1, FLOAT), ...parts]));
      const parts = [
        ...nodes,
        bytesField(2, 'backbone'),
        ...constants,
        bytesField(11, [bytesField(1, input), type([bytesField(2, dimensions)])]),
        bytesField(12, [bytesField(1, output), type([])]),
      ];
      return Buffer.concat([
        intField(1, IR_VERSION),
        bytesField(7, parts),
        bytesField(8, [bytesField(1, ''), intField(2, OPSET)]),
      ]);
    },
  };
  return graph;
}

function constant(
  name: string,
  type: number,
  shape: readonly number[],
  values: Float32Array | BigInt64Array,
): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return bytesField(5, [
    ...shape.map((side) => intField(1, side)),
    intField(2, type),
    bytesField(8, name),
    bytesField(9, bytes),
  ]);
}

function attribute(name: string, value: Attribute): Uint8Array {
  const parts =
    typeof value === 'number'
      ? [intField(3, value), intField(20, 2)]
      : typeof value === 'string'
        ? [bytesField(4, value), intField(20, 3)]
        : 'float' in value
          ? [floatField(2, value.float), intField(20, 1)]
          : [...value.map((each) => intField(8, each)), intField(20, 7)];
  return bytesField(5, [bytesField(1, name), ...parts]);
}
