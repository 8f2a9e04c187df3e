/** Makes a sampler by its name. */
import { randomStream } from '../../../src/sdk/index.ts';
import { gridSampler } from './grid-sampler.ts';
import { sobolSampler } from './sobol-sampler.ts';
import type { Space } from './space.ts';
import { streamName } from './streams.ts';
import { tpeSampler } from './tpe-sampler.ts';
import type { Goal, Sampler } from './types.ts';
import { drawFromPrior } from './values.ts';

/** The ways to choose the settings of the next trial. */
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

export function createSampler({ sampler, space, seed, goals }: SamplerSettings): Sampler {
  switch (sampler) {
    case 'tpe':
      return tpeSampler({ space, seed, goals, mode: 'joint' });
    case 'tpe-grouped':
      return tpeSampler({ space, seed, goals, mode: 'grouped' });
    case 'tpe-independent':
      return tpeSampler({ space, seed, goals, mode: 'independent' });
    case 'sobol':
      return sobolSampler(space, seed);
    case 'grid':
      return gridSampler(space);
    case 'random':
      return {
        suggest: (_history, trial, attempt = 0) => drawFromPrior(space, randomStream(seed, streamName(trial, attempt))),
      };
  }
}
