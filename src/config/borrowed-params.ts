/**
 * Params of another type of stage that a stage holds among its own: what a search gives to every `train` it runs.
 *
 * A schema marks the param that holds them with `x-params-of: NAME`. They are checked by the schema of that stage, at the place
 * where they are written; defaults are that stage's business, so none are filled in.
 */
import { isJsonObject, type Json } from '../base/json.ts';
import { applicable, childSchema, type Schema } from './json-schema.ts';
import type { ProblemList } from './problem-list.ts';
import { type Path, reportFaults } from './schema-check.ts';
import type { StageTypes } from './stage-type.ts';
import { mapTree, type Place, type Tree, treeAt } from './tree.ts';

export interface BorrowedParams {
  /** The type of stage whose params they are. */
  readonly of: string;
  /** Where they are among the stage's own, for messages: `trial.with`. */
  readonly name: string;
  readonly params: Json;
  readonly tree: Tree;
}

const CODES = { wrong: 'E0212', unknown: 'E0213', missing: 'E0214' } as const;

/** The type of stage whose params a value is, or names; null when the schema says none. */
export function borrowedFrom(schema: Schema, value: Json): string | null {
  const mark = applicable(schema, value).find(({ node }) => typeof node['x-params-of'] === 'string');
  return (mark?.node['x-params-of'] as string | undefined) ?? null;
}

/** Every param that holds params of another stage by their own names, at any depth of maps. */
export function findBorrowed(schema: Schema, params: Json, tree: Tree): readonly BorrowedParams[] {
  const found: BorrowedParams[] = [];
  const visit = (here: Schema, value: Json, path: Path): void => {
    if (!isJsonObject(value) || applicable(here, value).some(({ node }) => node['x-reach'] === true)) return;
    const of = borrowedFrom(here, value);
    if (of !== null) {
      found.push({ of, name: path.join('.'), params: value, tree: treeAt(tree, path) ?? mapTree(new Map(), tree.at) });
      return;
    }
    for (const [key, member] of Object.entries(value)) {
      const child = childSchema(here, key, value);
      if (child !== null) visit(child, member, [...path, key]);
    }
  };
  visit(schema, params, []);
  return found;
}

/** Reports what that type of stage does not take. @param at  of the stage that holds them. */
export function checkBorrowed(
  borrowed: readonly BorrowedParams[],
  stage: string,
  at: Place,
  types: StageTypes,
  problems: ProblemList,
): void {
  for (const { of, name, params, tree } of borrowed) {
    const checker = types.get(of, at, stage)?.checker ?? null;
    if (checker === null) continue;
    reportFaults(checker.check(params), checker, params, tree, `\`${name}\``, CODES, problems, () => ({ stage }));
  }
}
