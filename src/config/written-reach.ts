/** The paths in a param marked `x-reach`, as they are written: where, and which values they may take. See `reaches.ts`. */
import { isJsonObject, type Json } from '../base/json.ts';
import { borrowedFrom } from './borrowed-params.ts';
import { applicable, childSchema, type Schema } from './json-schema.ts';
import { jsonFromTree, member, type Place, placeOf, scalarTree, type Tree, treeAt } from './tree.ts';

/** A path of a space as written, with the values it may take as far as they can be listed. */
export interface WrittenReach {
  readonly path: string;
  readonly at: Place;
  readonly values: readonly Tree[];
  /** The type of stage whose param the path names when it names no stage; null: nothing says. */
  readonly of: string | null;
}

/** Every path of the params marked `x-reach`, at the top of `with`. */
export function findReaches(schema: Schema, params: Json, tree: Tree): readonly WrittenReach[] {
  if (!isJsonObject(params)) return [];
  return Object.entries(params).flatMap(([name, value]): WrittenReach[] => {
    const child = childSchema(schema, name, params);
    const isMarked = child !== null && applicable(child, value).some(({ node }) => node['x-reach'] === true);
    if (!isMarked || !isJsonObject(value)) return [];
    const of = borrowedFrom(child, value);
    return Object.keys(value).map((path) => {
      const written = treeAt(tree, [name, path]);
      return { path, at: placeOf(tree, [name, path]), values: [...choices(written), ...fromRange(written)], of };
    });
  });
}

function choices(written: Tree | undefined): readonly Tree[] {
  const list = member(written, 'choice');
  return list?.kind === 'list' ? list.items : [];
}

/** Both ends of a range, and a value between them that is not whole, or one step from the lowest. */
function fromRange(written: Tree | undefined): readonly Tree[] {
  const range = member(written, 'range');
  if (range?.kind !== 'list') return [];
  const [low, high] = range.items.map(jsonFromTree);
  const isWhole = jsonFromTree(member(written, 'integer') ?? scalarTree(false, null)) === true;
  if (isWhole || typeof low !== 'number' || typeof high !== 'number' || !(low < high)) return range.items;
  const step = jsonFromTree(member(written, 'step') ?? scalarTree(null, null));
  let between = typeof step === 'number' ? low + step : (low + high) / 2;
  while (typeof step !== 'number' && Number.isInteger(between)) between = (low + between) / 2;
  return [...range.items, scalarTree(between, range.at)];
}
