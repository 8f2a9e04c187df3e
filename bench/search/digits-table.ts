/** The table of learning curves that digits-table.py made. */
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Json } from '../../src/base/json.ts';
import type { Space } from '../../stages/lib/search/space.ts';
import type { Settings } from '../../stages/lib/search/types.ts';
import { spaceOf } from './functions.ts';

export interface DigitsTable {
  readonly space: Space;
  readonly epochs: number;
  /** Smallest error of any network after its last epoch. */
  readonly least: number;
  /** Share of validation images that are wrong, after each epoch. */
  curveOf(settings: Settings): readonly number[];
}

interface Stored {
  readonly space: Readonly<Record<string, readonly Json[]>>;
  readonly images: number;
  /** Wrong images by network and epoch; networks in the order of a nested loop over the space. */
  readonly errors: readonly (readonly number[])[];
}

export function openDigitsTable(folder: string): DigitsTable {
  const bytes = gunzipSync(fs.readFileSync(path.join(folder, 'digits-table.json.gz')));
  const { space, images, errors } = JSON.parse(bytes.toString()) as Stored;
  const curves = errors.map((curve) => curve.map((wrong) => wrong / images));
  return {
    space: spaceOf(Object.fromEntries(Object.entries(space).map(([name, choice]) => [name, { choice }]))),
    epochs: curves[0]?.length ?? 0,
    least: Math.min(...curves.map((curve) => curve.at(-1) ?? 1)),
    curveOf(settings) {
      const row = Object.entries(space).reduce(
        (place, [name, choice]) => place * choice.length + choice.indexOf(settings[name] ?? null),
        0,
      );
      return curves[row] ?? [];
    },
  };
}
