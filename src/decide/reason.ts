/** Why a stage has to run, as data. Text is rendered in `report/reason-text.ts`. */
import type { Json } from '../base/json.ts';
import type { Fact } from '../key/manifest.ts';

export type Reason =
  /** No earlier result of this stage is known. */
  | { readonly kind: 'never-ran' }
  /** A fact of the manifest differs from the last time: was absent (`old` undefined), is gone (`new` undefined), or changed. */
  | {
      readonly kind: 'changed';
      readonly fact: Fact['kind'];
      readonly name: string;
      readonly old?: Json;
      readonly new?: Json;
    }
  /** A producer has to run, so whether this stage must is not known yet. */
  | { readonly kind: 'producer-stale'; readonly stage: string }
  /** The result is known, but an output is not in place (`missing`) or was edited by hand (`edited`). */
  | { readonly kind: 'output-missing'; readonly output: string }
  | { readonly kind: 'output-edited'; readonly output: string }
  /** An earlier result exists, but its objects are gone from the store or damaged. */
  | { readonly kind: 'result-lost'; readonly output: string; readonly damaged: boolean }
  | { readonly kind: 'always-changed' }
  | { readonly kind: 'forced' }
  | { readonly kind: 'kept-out-of-store'; readonly output: string }
  | { readonly kind: 'frozen' };
