/** What follows a product: relu and relu6 as it is stored, other activations in a pass of their own. */
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { type EngineBackend, sizeOf } from './engine-backend.ts';

export interface ProductEnd {
  /** 0 nothing, 1 relu, 2 relu6: what the product's kernel does. */
  readonly activation: number;
  /** Number of the unary operation that is left to do. */
  readonly after: number | null;
  readonly alpha: number;
}

const BY_THE_WAY: Readonly<Record<string, number>> = { linear: 0, relu: 1, relu6: 2 };
/** Numbers of `unary.as`. */
const AFTER: Readonly<Record<string, number>> = { elu: 16, sigmoid: 11, leakyrelu: 18 };

/** Null for an activation that is none of these, such as one with weights. */
export function endOf(attrs: NamedAttrMap): ProductEnd | null {
  const name = (attrs.activation as string | null | undefined) ?? 'linear';
  const alpha = (attrs.leakyreluAlpha as number | undefined) ?? 0;
  const activation = BY_THE_WAY[name];
  if (activation !== undefined) return { activation, after: null, alpha };
  const after = AFTER[name];
  return after === undefined ? null : { activation: 0, after, alpha };
}

export function applyInPlace(backend: EngineBackend, op: number, x: TensorInfo, alpha: number): void {
  const size = sizeOf(x.shape);
  backend.pool.run('unary', [op, backend.address(x), backend.address(x), size, alpha, 0], size, size * 8, 1024);
}
