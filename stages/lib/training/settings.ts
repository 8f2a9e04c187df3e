/** Values by path, as a search finds them, put into the params of a stage. */
import type { Json, JsonObject } from '../../../src/sdk/index.ts';
import { StageError } from '../../../src/sdk/index.ts';

/** settings.json. */
export interface SettingsFile {
  /** By path in the params, such as `model.filters`. */
  readonly settings: Readonly<Record<string, Json>>;
  /** Of stages before the search: with these the settings were found. */
  readonly pipeline?: Readonly<Record<string, Json>>;
  /** These gave the trial other images than the search's own input has. */
  readonly otherImages?: boolean;
}

/** What to say of settings that were found on other images than a training without these values gets; empty: nothing. */
export function warnOfImages(file: SettingsFile | null): string {
  if (file?.otherImages !== true) return '';
  const values = Object.entries(file.pipeline ?? {}).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
  return `; its settings were found with ${values.join(', ')}`;
}

/** @throws StageError for a path the params do not have. */
export function applySettings<Params>(params: Params, file: SettingsFile | null): Params {
  let result = params as unknown as JsonObject;
  for (const [path, value] of Object.entries(file?.settings ?? {}))
    result = replace(result, path.split('.'), value, path);
  return result as unknown as Params;
}

function replace(params: JsonObject, steps: readonly string[], value: Json, path: string): JsonObject {
  const [name = '', ...rest] = steps;
  const found = params[name];
  if (
    found === undefined ||
    (rest.length > 0 && (found === null || typeof found !== 'object' || Array.isArray(found)))
  ) {
    throw new StageError(`a search setting is called \`${path}\`, but the stage has no such param`, {
      code: 'E0809',
      hint: 'use paths below `with` of the stage, such as `model.filters`',
    });
  }
  return { ...params, [name]: rest.length === 0 ? value : replace(found as JsonObject, rest, value, path) };
}
