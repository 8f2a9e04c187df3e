/** The fields of a stage that uses one of `stages/`: its params checked, completed, and their paths made dependencies. */
import { isJsonObject, type Json } from '../base/json.ts';
import type { ProjectPath } from '../base/paths.ts';
import { type BorrowedParams, findBorrowed } from './borrowed-params.ts';
import { applicable, childSchema, fillDefaults, type Schema } from './json-schema.ts';
import { reportFaults, valueAt } from './schema-check.ts';
import type { Dependency, Output, UsesAction } from './stage.ts';
import type { StageFields } from './stage-fields.ts';
import type { StageType } from './stage-type.ts';
import { jsonFromTree, kindOf, mapTree, placeOf, replaceAt, type Tree, treeAt } from './tree.ts';
import { readPath } from './written-path.ts';
import { findReaches, type WrittenReach } from './written-reach.ts';

export interface UsesParts {
  readonly action: UsesAction;
  readonly deps: readonly Dependency[];
  readonly outs: readonly Output[];
  readonly reaches: readonly WrittenReach[];
  readonly borrowed: readonly BorrowedParams[];
}

/** A value for one of the stage's params, in the order in which they are applied. */
export interface ParamOverride {
  readonly keys: readonly string[];
  readonly value: Tree;
}

const CODES = { wrong: 'E0212', unknown: 'E0213', missing: 'E0214' } as const;

export function readUsesStage(
  fields: StageFields,
  type: StageType,
  overrides: readonly ParamOverride[],
  folder: ProjectPath,
): UsesParts {
  const { stage, problems } = fields;
  const errorsBefore = problems.errorCount;
  let tree: Tree = fields.value('with') ?? mapTree(new Map(), fields.entry('uses')?.keyAt ?? fields.at);
  for (const { keys, value } of overrides) tree = replaceAt(tree, keys, fields.interpolated(value));
  const isFilledIn = problems.errorCount === errorsBefore;
  let params = jsonFromTree(tree);
  if (!isJsonObject(params)) {
    problems.error('E0212', tree.at, `\`with\` of \`${stage}\` is ${kindOf(tree)}`, { stage, expected: 'a map' });
    params = {};
  } else if (type.checker !== null) {
    const { checker } = type;
    const filled = fillDefaults(checker.schema, params);
    if (isJsonObject(filled)) params = filled;
    // A template that stands for nothing was told of already: that its text is no number is no second mistake.
    const faults = checker.check(params).filter(({ path }) => isFilledIn || !isTemplate(valueAt(params, path)));
    reportFaults(faults, checker, params, tree, `\`with\` of \`${stage}\``, CODES, problems, () => ({ stage }));
  }
  return {
    action: { kind: 'uses', uses: type.uses, entry: type.entry, with: params },
    deps:
      type.checker === null ? [] : pathParams({ schema: type.checker.schema, params, tree, name: '' }, fields, folder),
    outs: type.outputs.map(({ name, role }) => ({
      name,
      path: null,
      role,
      cache: true,
      persist: false,
      at: fields.at,
    })),
    reaches: type.checker === null ? [] : findReaches(type.checker.schema, params, tree),
    borrowed: type.checker === null ? [] : findBorrowed(type.checker.schema, params, tree),
  };
}

function isTemplate(value: Json | undefined): boolean {
  return typeof value === 'string' && value.includes('${');
}

export interface ParamsWithPaths {
  readonly schema: Schema;
  readonly params: Json;
  readonly tree: Tree;
  /** Where they are among the stage's params; empty: they are the stage's params. */
  readonly name: string;
}

/** The params marked `x-path`, at any depth: a path, or a list of paths. */
export function pathParams(
  { schema, params, tree, name }: ParamsWithPaths,
  fields: StageFields,
  folder: ProjectPath,
): readonly Dependency[] {
  const deps = new Map<string, Dependency>();
  const visit = (here: Schema, value: Json, path: readonly (string | number)[], isPath: boolean): void => {
    const marked = isPath || applicable(here, value).some(({ node }) => node['x-path'] === true);
    if (typeof value === 'string' && marked) {
      const role = [name, ...path.filter((step) => typeof step === 'string')].filter((step) => step !== '').join('.');
      const at = treeAt(tree, path)?.at ?? placeOf(tree, path);
      const file = readPath({ text: value, at, folder, purpose: `\`${role}\``, stage: fields.stage }, fields.problems);
      if (file !== null) deps.set(`${role}\n${file}`, { path: file, role, at: at ?? fields.at });
    } else if (Array.isArray(value)) {
      value.forEach((item: Json, index) => {
        const child = childSchema(here, index, value);
        if (child !== null || marked) visit(child ?? here, item, [...path, index], marked);
      });
    } else if (isJsonObject(value)) {
      for (const [key, member] of Object.entries(value)) {
        const child = childSchema(here, key, value);
        if (child !== null) visit(child, member, [...path, key], false);
      }
    }
  };
  visit(schema, params, [], false);
  return [...deps.values()];
}
