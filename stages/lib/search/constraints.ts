/**
 * Limits on what a model may cost, and by how much a model breaks them.
 *
 * Whoever runs a study measures a model before training it; here measurements and limits are only compared.
 */

/** What can be limited. size: of the saved weights, in bytes. flops: of one image, two per multiply-add. */
export const CONSTRAINED = ['params', 'flops', 'size'] as const;
export type Constrained = (typeof CONSTRAINED)[number];

export interface Limit {
  readonly min: number;
  readonly max: number;
}

export type Constraints = Readonly<Partial<Record<Constrained, Limit>>>;

/**
 * Sum over constraints of the relative excess: twice the allowed parameters give 1. 0 when all are kept.
 *
 * Relative, so that a limit in bytes does not drown one in parameters when samplers order infeasible trials by the sum.
 */
export function violationOf(constraints: Constraints, measured: Readonly<Record<Constrained, number>>): number {
  let sum = 0;
  for (const name of CONSTRAINED) {
    const limit = constraints[name];
    if (limit === undefined) continue;
    const value = measured[name];
    if (value > limit.max) sum += limit.max > 0 ? value / limit.max - 1 : value;
    if (value < limit.min) sum += 1 - value / limit.min;
  }
  return sum;
}
