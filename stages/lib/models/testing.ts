/** Settings as a pipeline file would give them, for tests. */
import { z } from 'zod';
import trainSchema from '../../../schemas/stages/train.schema.json' with { type: 'json' };
import type { JsonObject } from '../../../src/sdk/index.ts';
import type { TrainSettings } from '../training/train-types.ts';
import type { ModelSettings } from './layer-types.ts';

const schema = z.fromJSONSchema(trainSchema as Parameters<typeof z.fromJSONSchema>[0]);

/** Params of `train` with defaults filled in. */
export function trainSettings(params: JsonObject): TrainSettings {
  return schema.parse(params) as TrainSettings;
}

export function modelSettings(model: JsonObject): ModelSettings {
  return trainSettings({ model }).model;
}
