/** One `path=value` from `--set` or an `experiments` entry. */
import type { Json } from '../base/json.ts';
import type { Location } from '../base/problem.ts';

export interface Override {
  /** `augment.copies`, `params.seed`, `params.yaml:train.lr` */
  readonly path: string;
  readonly value: Json;
  /** Where it was written; absent for the command line. */
  readonly at?: Location;
}
