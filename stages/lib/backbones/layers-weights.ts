/**
 * Weights of a model of TensorFlow.js: files put end to end, each weight in single precision or in fewer bits.
 *
 * Quantised weights are what tensorflowjs_converter makes of them: 8 or 16 bits with a scale and a least value, or half
 * precision.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { halfToSingle } from './half-float.ts';
import type { LayerWeight } from './layer-list.ts';
import { unreadable } from './network-problems.ts';

const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

/** @throws StageError E0884 when a file is missing or the bytes are not as many as the weights need. */
export function readLayersWeights(file: string, { weightsManifest }: io.ModelJSON): Map<string, LayerWeight> {
  const folder = path.dirname(file);
  const weights = new Map<string, LayerWeight>();
  for (const { paths, weights: specs } of weightsManifest) {
    const missing = paths.find((name) => !fs.existsSync(path.join(folder, name)));
    if (missing !== undefined) throw unreadable(file, `the file \`${missing}\` of its weights is missing`);
    const bytes = Buffer.concat(paths.map((name) => fs.readFileSync(path.join(folder, name))));
    let offset = 0;
    for (const spec of specs) {
      if (typeof spec.name !== 'string' || !Array.isArray(spec.shape) || !spec.shape.every(Number.isInteger)) {
        throw unreadable(file, 'one of its weights has no name or no shape');
      }
      const kind = spec.quantization?.dtype ?? spec.dtype;
      const size = BYTES[kind];
      if (size === undefined) throw unreadable(file, `its weight \`${spec.name}\` is of the kind \`${kind}\``);
      const length = size * spec.shape.reduce((product, side) => product * side, 1);
      const own = Uint8Array.from(bytes.subarray(offset, offset + length)).buffer;
      offset += length;
      if (own.byteLength === length) weights.set(spec.name, { shape: spec.shape, values: toSingle(own, kind, spec) });
    }
    if (offset !== bytes.length) {
      throw unreadable(file, `its weights have ${bytes.length} bytes, expected ${offset}`);
    }
  }
  return weights;
}

function toSingle(bytes: ArrayBuffer, kind: string, { quantization }: io.WeightsManifestEntry): Float32Array {
  if (kind === 'float32') return new Float32Array(bytes);
  if (kind === 'float16') return halfToSingle(new Uint16Array(bytes));
  const whole =
    kind === 'int32' ? new Int32Array(bytes) : kind === 'uint16' ? new Uint16Array(bytes) : new Uint8Array(bytes);
  const { scale = 1, min = 0 } = quantization ?? {};
  return Float32Array.from(whole, (value) => value * scale + min);
}
