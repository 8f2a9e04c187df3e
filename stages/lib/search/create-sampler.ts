/** Makes a sampler by its name. */
import { randomStream } from '../../../src/sdk/index.ts';
import type { Space } from './space.ts';
import type { Goal, Sampler } from './types.ts';
import { drawFromPrior } from './values.ts';

/** The ways to choose the settings of the next trial; the first is the default. */
export const SAMPLERS = ['tpe', 'tpe-grouped', 'tpe-independent', 'random', 'sobol', 'grid'] as const;
export type SamplerName = (typeof SAMPLERS)[number];

export interface SamplerSettings {
  readonly sampler: SamplerName;
  readonly space: Space;
  /** Of the study. Each trial has a random stream of its own, keyed by this and its number. */
  readonly seed: number;
  /** One per objective. */
  readonly goals: readonly Goal[];
}

export function createSampler({ space, seed }: SamplerSettings): Sampler {
  return {
    suggest: (_history, trial, attempt = 0) =>
      drawFromPrior(space, randomStream(seed, `sampler/trial-${trial}/draw-${attempt}`)),
  };
}
