/** Tables of learning curves that curves-table.py made. */
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Json } from '../../src/base/json.ts';
import type { Space } from '../../stages/lib/search/space.ts';
import type { Settings } from '../../stages/lib/search/types.ts';
import { spaceOf } from './functions.ts';

export interface CurvesTable {
  readonly space: Space;
  readonly epochs: number;
  /** Smallest error of any network after its last epoch. */
  readonly least: number;
  /** Share of validation images that are wrong, after each epoch. */
  curveOf(settings: Settings): readonly number[];
  /** Share of validation images that are wrong after the last epoch, fold by fold; all of one size. */
  foldsOf(settings: Settings): readonly number[];
}

interface Stored {
  readonly space: Readonly<Record<string, readonly Json[]>>;
  /** Of all folds together. */
  readonly images: number;
  /** Wrong images by network and epoch; networks in the order of a nested loop over the space. */
  readonly errors: readonly (readonly number[])[];
  /** Those after the last epoch, by network and fold. */
  readonly foldErrors: readonly (readonly number[])[];
}

/** @param name  the data it is of: digits or waveform. */
export function openCurvesTable(folder: string, name: string): CurvesTable {
  const bytes = gunzipSync(fs.readFileSync(path.join(folder, `curves-${name}.json.gz`)));
  const { space, images, errors, foldErrors } = JSON.parse(bytes.toString()) as Stored;
  const curves = errors.map((curve) => curve.map((wrong) => wrong / images));
  const folds = foldErrors.map((each) => each.map((wrong) => (wrong * each.length) / images));
  const rowOf = (settings: Settings) =>
    Object.entries(space).reduce(
      (place, [path, choice]) => place * choice.length + choice.indexOf(settings[path] ?? null),
      0,
    );
  return {
    space: spaceOf(Object.fromEntries(Object.entries(space).map(([path, choice]) => [path, { choice }]))),
    epochs: curves[0]?.length ?? 0,
    least: Math.min(...curves.map((curve) => curve.at(-1) ?? 1)),
    curveOf: (settings) => curves[rowOf(settings)] ?? [],
    foldsOf: (settings) => folds[rowOf(settings)] ?? [],
  };
}
