/** Makes small files of trained networks for tests, FlatBuffers and protocol buffers from plain values, and looks at images with them. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { openBackend } from '../backend/open-backend.ts';
import { loadCut } from '../models/backbone.ts';
import { cutBackbone } from '../models/backbone-topology.ts';
import type { Network } from './layer-list.ts';

/** A value of a field: whole number, text, bytes, list of numbers of a kind, table or list of tables. */
export type FlatValue =
  | number
  | string
  | Uint8Array
  | { readonly ints: readonly number[] }
  | { readonly longs: readonly number[] }
  | { readonly floats: readonly number[] }
  | FlatTable
  | readonly FlatTable[];

/** Values by number of the field. */
export interface FlatTable {
  readonly fields: Readonly<Record<number, FlatValue>>;
}

/** A FlatBuffer with this root table and identifier. */
export function flatBuffer(root: FlatTable, identifier: string): Uint8Array {
  let bytes = Buffer.alloc(8);
  const append = (more: Uint8Array): number => {
    bytes = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
    const at = bytes.length;
    bytes = Buffer.concat([bytes, more]);
    return at;
  };
  const list = (count: number, content: Uint8Array): number => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(count);
    return append(Buffer.concat([head, content]));
  };
  const point = (from: number, to: number): void => void bytes.writeUInt32LE(to - from, from);

  function writeTable({ fields }: FlatTable): number {
    const numbers = Object.keys(fields).map(Number);
    const slots = Math.max(-1, ...numbers) + 1;
    const vtable = Buffer.alloc(4 + 2 * slots);
    vtable.writeUInt16LE(vtable.length, 0);
    vtable.writeUInt16LE(4 + 4 * numbers.length, 2);
    numbers.forEach((field, i) => {
      vtable.writeUInt16LE(4 + 4 * i, 4 + 2 * field);
    });
    const vtableAt = append(vtable);
    const at = append(Buffer.alloc(4 + 4 * numbers.length));
    bytes.writeInt32LE(at - vtableAt, at);
    numbers.forEach((field, i) => {
      const slot = at + 4 + 4 * i;
      const value = fields[field] as FlatValue;
      if (typeof value === 'number') bytes.writeInt32LE(value, slot);
      else point(slot, writeValue(value));
    });
    return at;
  }

  function writeValue(value: Exclude<FlatValue, number>): number {
    if (typeof value === 'string') return writeValue(Buffer.from(value));
    if (value instanceof Uint8Array) return list(value.length, value);
    if ('ints' in value) return list(value.ints.length, bytesOf(Int32Array.from(value.ints)));
    if ('longs' in value) return list(value.longs.length, bytesOf(BigInt64Array.from(value.longs.map(BigInt))));
    if ('floats' in value) return list(value.floats.length, bytesOf(Float32Array.from(value.floats)));
    if ('fields' in value) return writeTable(value);
    const at = list(value.length, Buffer.alloc(4 * value.length));
    value.forEach((table, i) => {
      const slot = at + 4 + 4 * i;
      point(slot, writeTable(table));
    });
    return at;
  }

  const at = writeTable(root);
  bytes.writeUInt32LE(at, 0);
  bytes.write(identifier, 4, 'latin1');
  return bytes;
}

export function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Values that look random and are the same always, from -1 to 1. */
export function wave(count: number, start = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin((i + start) * 12.9898) * 0.9);
}

export interface LiteTensorText {
  readonly name: string;
  readonly shape: readonly number[];
  /** Absent: computed. */
  readonly values?: Float32Array | Uint8Array | Int32Array;
  /** Of 8 bits: values are (stored - zero) * scale. */
  readonly scale?: number;
  readonly zero?: number;
}

export interface LiteOperationText {
  readonly code: number;
  readonly inputs: readonly number[];
  readonly output: number;
  readonly options?: Readonly<Record<number, number>>;
}

/** A TensorFlow Lite file. The first tensor is the images. */
export function liteFile(tensors: readonly LiteTensorText[], operations: readonly LiteOperationText[]): Uint8Array {
  const codes = [...new Set(operations.map(({ code }) => code))];
  const kindOf = ({ values, scale }: LiteTensorText) =>
    values instanceof Int32Array ? 2 : values instanceof Uint8Array || scale !== undefined ? 3 : 0;
  return flatBuffer(
    {
      fields: {
        0: 3,
        1: codes.map((code) => ({ fields: { 0: Math.min(code, 127), 3: code } })),
        2: [
          {
            fields: {
              0: tensors.map((tensor, i) => ({
                fields: {
                  0: { ints: tensor.shape },
                  1: kindOf(tensor),
                  2: i,
                  3: tensor.name,
                  ...(tensor.scale === undefined
                    ? {}
                    : { 4: { fields: { 2: { floats: [tensor.scale] }, 3: { longs: [tensor.zero ?? 0] } } } }),
                },
              })),
              1: { ints: [0] },
              2: { ints: [tensors.length - 1] },
              3: operations.map(({ code, inputs, output, options }) => ({
                fields: {
                  0: codes.indexOf(code),
                  1: { ints: inputs },
                  2: { ints: [output] },
                  ...(options === undefined ? {} : { 4: { fields: options } }),
                },
              })),
            },
          },
        ],
        4: tensors.map(({ values }) => ({ fields: values === undefined ? {} : { 0: bytesOf(values) } })),
      },
    },
    'TFL3',
  );
}

/** What a network makes of images, [images, height, width, channels]. */
export async function seeImages(
  network: Network,
  images: Float32Array,
  shape: readonly [number, number, number, number],
): Promise<{ values: Float32Array; shape: readonly number[] }> {
  const [, height, width, channels] = shape;
  const backend = await openBackend();
  const model = await loadCut(backend, cutBackbone(network, [height, width, channels]));
  const answer = model.apply(backend.tf.tensor(images, [...shape])) as Tensor;
  const values = Float32Array.from(await answer.data());
  model.dispose();
  return { values, shape: answer.shape };
}

export function expectClose(found: Float32Array, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] as number, 4);
  });
}
