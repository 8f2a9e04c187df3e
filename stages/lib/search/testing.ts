/** What tests of this folder share: spaces from text, trials from values. */
import type { Json } from '../../../src/base/json.ts';
import type { CodeTable } from './code-table.ts';
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

/** One row per observation, the oldest first, each with all dimensions. */
export function tableOf(columns: readonly Float64Array[], count: number): CodeTable {
  return {
    columns: columns.map((codes) => {
      const order = Uint32Array.from(codes.keys()).sort((a, b) => (codes[a] as number) - (codes[b] as number) || a - b);
      return { codes, order };
    }),
    count,
  };
}
