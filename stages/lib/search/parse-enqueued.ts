/** Reads `enqueue:`, points of the space to be tried before any is drawn. */
import { isJsonObject, type Json, type JsonObject } from '../../../src/base/json.ts';
import { fail, ok, type Result } from '../../../src/base/result.ts';
import { hasValue } from './parse-when.ts';
import type { Space } from './space.ts';
import { hintOf, type SpaceProblem, written } from './space-problem.ts';
import type { Settings } from './types.ts';

/**
 * Each point is an object by path. It may leave out dimensions, which are then drawn (see `drawFromPrior`), and give those
 * its other values make inactive, which are then ignored. A list may be given whole or element by element.
 */
export function parseEnqueued(space: Space, spec: Json): Result<readonly Settings[], readonly SpaceProblem[]> {
  const problems: SpaceProblem[] = [];
  const refuse = (at: readonly string[], message: string, hint: string) =>
    problems.push({ code: 'E1014', at: ['enqueue', ...at], message, hint });
  const [first] = space.dimensions;

  if (!Array.isArray(spec)) {
    refuse([], `\`enqueue\` is ${written(spec)}, expected a list of points`, `enqueue: [{ ${first?.path}: VALUE }]`);
    return fail(problems);
  }
  const byPath = new Map(space.dimensions.map((dimension) => [dimension.path, dimension]));
  const points = (spec as readonly Json[]).map((point, place): Settings => {
    if (!isJsonObject(point)) {
      refuse([`${place}`], `point ${place} is ${written(point)}, expected values by path`, `{ ${first?.path}: VALUE }`);
      return {};
    }
    const settings = flattened(space, point);
    for (const [path, value] of Object.entries(settings)) {
      const dimension = byPath.get(path);
      if (dimension === undefined) {
        refuse([`${place}`, path], `the space has no dimension \`${path}\``, hintOf(path, [...byPath.keys()]));
      } else if (
        !(dimension.kind === 'number' && dimension.step === null
          ? isWithin(dimension, value)
          : hasValue(dimension, value))
      ) {
        const allowed =
          dimension.kind === 'choice'
            ? `use one of ${dimension.choices.map((choice) => `\`${written(choice)}\``).join(', ')}`
            : `use a number from ${dimension.low} to ${dimension.high}${dimension.step === null ? '' : ` in steps of ${dimension.step}`}`;
        refuse([`${place}`, path], `\`${path}\` is never ${written(value)}`, allowed);
      }
    }
    return settings;
  });
  return problems.length > 0 ? fail(problems) : ok(points);
}

function isWithin({ low, high }: { readonly low: number; readonly high: number }, value: Json): boolean {
  return typeof value === 'number' && value >= low && value <= high;
}

/** Lists that are given whole, element by element. */
function flattened(space: Space, point: JsonObject): Settings {
  const settings: Record<string, Json> = { ...point };
  for (const { path, attributes } of space.lists) {
    const list = point[path];
    if (!Array.isArray(list)) continue;
    delete settings[path];
    settings[`${path}.length`] = list.length;
    for (const [place, element] of (list as readonly Json[]).entries()) {
      const at = `${path}.${place}`;
      if (attributes === null || !isJsonObject(element)) settings[at] = element;
      else for (const [name, value] of Object.entries(element)) settings[`${at}.${name}`] = value;
    }
  }
  return settings;
}
