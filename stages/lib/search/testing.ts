/** What tests of this folder share: spaces from text, trials from values. */
import type { Json } from '../../../src/base/json.ts';
import { parseSpace } from './parse-space.ts';
import type { Space } from './space.ts';
import type { Observation, Settings } from './types.ts';

/** @throws Error with the problems of a space that cannot be used. */
export function spaceOf(spec: Json): Space {
  const parsed = parseSpace(spec, 'tpe');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
  return parsed.value;
}

/** A complete trial, unless `rest` says otherwise. */
export function trialOf(
  trial: number,
  settings: Settings,
  value: number,
  rest: Partial<Observation> = {},
): Observation {
  return { trial, settings, state: 'complete', values: [value], reports: [], violation: 0, ...rest };
}
