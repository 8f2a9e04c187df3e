/**
 * Params of stages before a stage that it asks other values for: `augment.copies` in the space of a search.
 *
 * A schema marks the param that holds such paths with `x-reach: true`: a map from paths to `{ choice: [...] }` or
 * `{ range: [low, high] }`. A path that begins with the name of a stage before this one is checked here, as an override would
 * be, and every value it may take; any other path is the stage's own business.
 */
import { isJsonObject, type Json } from '../base/json.ts';
import type { StageDraft } from './draft-stage.ts';
import type { FromInputs } from './from-inputs.ts';
import { applicable, childSchema, describeSchema, type Schema } from './json-schema.ts';
import { stageIn } from './override-target.ts';
import type { ProblemList } from './problem-list.ts';
import { type MissingParam, missingInSchema } from './stage-overrides.ts';
import type { StageType, StageTypes } from './stage-type.ts';
import { parseReference } from './template.ts';
import { jsonFromTree, kindOf, type Place, placeOf, replaceAt, type Tree, treeAt, treeFromJson } from './tree.ts';

/** A path of a space as written, with the values it may take as far as they can be listed. */
export interface WrittenReach {
  readonly path: string;
  readonly at: Place;
  readonly values: readonly Tree[];
}

/** Every path of the params marked `x-reach`, at the top of `with`. */
export function findReaches(schema: Schema, params: Json, tree: Tree): readonly WrittenReach[] {
  if (!isJsonObject(params)) return [];
  return Object.entries(params).flatMap(([name, value]): WrittenReach[] => {
    const child = childSchema(schema, name, params);
    const isMarked = child !== null && applicable(child, value).some(({ node }) => node['x-reach'] === true);
    if (!isMarked || !isJsonObject(value)) return [];
    return Object.keys(value).map((path) => ({
      path,
      at: placeOf(tree, [name, path]),
      values: ['choice', 'range'].flatMap((key) => itemsOf(treeAt(tree, [name, path, key]))),
    }));
  });
}

function itemsOf(list: Tree | undefined): readonly Tree[] {
  return list?.kind === 'list' ? list.items : [];
}

/** For each stage that reaches, the names of the stages it reaches into; reports paths and values that cannot be. */
export function linkReaches(
  drafts: ReadonlyMap<string, StageDraft>,
  from: ReadonlyMap<string, FromInputs>,
  types: StageTypes,
  problems: ProblemList,
): ReadonlyMap<string, readonly string[]> {
  const names = new Set([...drafts.values()].flatMap(({ stage }) => [stage.name, stage.group]));
  const reached = new Map<string, readonly string[]>();
  for (const [name, draft] of drafts) {
    if (draft.isSkipped || draft.isFaulty || draft.reaches.length === 0) continue;
    const before = stagesBefore(name, from);
    const found = draft.reaches.flatMap((reach) => {
      const target = stageIn(reach.path, names);
      if (target === null) return [];
      const made = [...drafts.values()].filter(({ stage }) => stage.name === target || stage.group === target);
      const hit = made.filter(({ stage }) => before.has(stage.name));
      if (hit.length === 0) reportNotBefore(draft, reach, target, made, before, types, problems);
      for (const each of hit) checkParam(draft, reach, target, each, types, problems);
      return hit.map(({ stage }) => stage.name);
    });
    if (found.length > 0) reached.set(name, [...new Set(found)].sort());
  }
  return reached;
}

/** All a stage gets its inputs from, directly or through others. */
function stagesBefore(name: string, from: ReadonlyMap<string, FromInputs>): ReadonlySet<string> {
  const reached = new Set([name]);
  for (const each of reached) for (const input of Object.values(from.get(each) ?? {})) reached.add(input.stage);
  reached.delete(name);
  return reached;
}

/** A stage after this one may have the name of a param of this one's own: only what does name a param of it is a mistake. */
function reportNotBefore(
  { stage }: StageDraft,
  { path, at }: WrittenReach,
  target: string,
  made: readonly StageDraft[],
  before: ReadonlySet<string>,
  types: StageTypes,
  problems: ProblemList,
): void {
  const rest = path.slice(target.length + 1);
  const isSkipped = made.some((each) => each.isSkipped);
  const [first] = made;
  if (!isSkipped && (first === undefined || faultOf(first, target, path, types) !== null)) return;
  const why = isSkipped ? 'which `when` leaves out' : `which does not run before \`${stage.name}\``;
  problems.error('E1030', at, `\`${path}\` reaches into \`${target}\`, ${why}`, {
    stage: stage.name,
    expected: before.size === 0 ? 'no stage: none runs before it' : `one of ${[...before].map(quoted).join(', ')}`,
    hint: isSkipped ? `remove \`${path}\`` : `for a param of the trial itself write \`${rest}\``,
  });
}

function checkParam(
  searching: StageDraft,
  { path, at, values }: WrittenReach,
  target: string,
  draft: StageDraft,
  types: StageTypes,
  problems: ProblemList,
): void {
  const { name } = searching.stage;
  const fault = faultOf(draft, target, path, types);
  if (fault !== null) {
    const hint = fault.hint === undefined ? {} : { hint: fault.hint };
    problems.error('E1031', at, fault.message, { stage: name, ...hint });
    return;
  }
  const checker = typeOf(draft, types)?.checker ?? null;
  const keys = keysOf(path, target);
  if (checker === null || draft.stage.action.kind !== 'uses') return;
  const written = treeFromJson(draft.stage.action.with, null);
  for (const value of values) {
    const params = jsonFromTree(replaceAt(written, keys, value));
    const isWrong = checker
      .check(params)
      .some((each) => keys.every((key, i) => each.path[i] === undefined || String(each.path[i]) === key));
    if (!isWrong) continue;
    const expected = keys.reduce<Schema | null>(
      (schema, key) => (schema === null ? null : childSchema(schema, key)),
      checker.schema,
    );
    problems.error('E1032', value.at ?? at, `\`${path}\` may become ${kindOf(value)}`, {
      stage: name,
      ...(expected === null ? {} : { expected: `${describeSchema(expected)}, as \`${draft.stage.name}\` takes it` }),
    });
  }
}

function faultOf(draft: StageDraft, target: string, path: string, types: StageTypes): MissingParam | null {
  const { action } = draft.stage;
  if (action.kind === 'cmd')
    return {
      message: `\`${path}\`: \`${target}\` runs a command, it has no params of its own to vary`,
      hint: undefined,
    };
  const written = treeFromJson(action.with, null);
  return missingInSchema(typeOf(draft, types)?.checker?.schema ?? null, written, target, keysOf(path, target), path);
}

function typeOf({ stage }: StageDraft, types: StageTypes): StageType | null {
  return stage.action.kind === 'uses' ? types.get(stage.action.uses, stage.at, stage.name) : null;
}

function keysOf(path: string, target: string): readonly string[] {
  const keys = parseReference(path.slice(target.length + 1));
  return keys.ok ? keys.value : [path.slice(target.length + 1)];
}

function quoted(name: string): string {
  return `\`${name}\``;
}
