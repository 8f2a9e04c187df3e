/** Every combination of values, one after the other. */
import type { Json } from '../../../src/sdk/index.ts';
import { type Dimension, isActive, type Space, valueCount } from './space.ts';
import type { Sampler, Settings } from './types.ts';
import { settingsCoder, valueAt } from './values.ts';

/** Suggests the first combination no trial has. The dimension that comes last changes fastest. */
export function gridSampler(space: Space): Sampler {
  const codeOf = settingsCoder(space);
  return {
    suggest(history) {
      const known = new Set(history.map(({ settings }) => codeOf(settings)));
      for (const settings of gridOf(space)) if (!known.has(codeOf(settings))) return settings;
      return null;
    },
  };
}

/** All combinations in order, one at a time, so that a large grid costs no more than what is taken of it. */
export function* gridOf(space: Space, settings: Settings = {}, from = 0): Generator<Settings> {
  const dimension = space.dimensions[from];
  if (dimension === undefined) {
    yield settings;
  } else if (!isActive(dimension, settings)) {
    yield* gridOf(space, settings, from + 1);
  } else {
    for (const value of valuesOf(dimension)) yield* gridOf(space, { ...settings, [dimension.path]: value }, from + 1);
  }
}

function valuesOf(dimension: Dimension): readonly Json[] {
  if (dimension.kind === 'choice') return dimension.choices;
  const { low, log, step } = dimension;
  return Array.from({ length: valueCount(dimension) }, (_, i) => {
    const value = low + i * (step ?? 0);
    return valueAt(dimension, log ? Math.log(value) : value);
  });
}
