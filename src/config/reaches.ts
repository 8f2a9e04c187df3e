/**
 * Params of other stages that a stage gives values to: `augment.copies` or `model.filters` in the space of a search.
 *
 * A schema marks the param that holds such paths with `x-reach: true`: a map from paths to `{ choice: [...] }` or
 * `{ range: [low, high] }`. A path that begins with the name of a stage before this one is checked here, as an override would
 * be, and every value it may take. Any other path names a param of the type of stage that `x-params-of` beside it says, which
 * this stage runs itself (`borrowed-params.ts`), and is checked likewise; without `x-params-of` it is the stage's own business.
 */
import { closest } from '../base/did-you-mean.ts';
import type { StageDraft } from './draft-stage.ts';
import type { FromInputs } from './from-inputs.ts';
import { applicable, childSchema, describeSchema, type Schema } from './json-schema.ts';
import { stageIn } from './override-target.ts';
import type { ProblemList } from './problem-list.ts';
import type { Checker } from './schema-check.ts';
import { missingInSchema } from './stage-overrides.ts';
import type { StageTypes } from './stage-type.ts';
import { parseReference } from './template.ts';
import { jsonFromTree, kindOf, mapTree, replaceAt, type Tree, treeFromJson } from './tree.ts';
import type { WrittenReach } from './written-reach.ts';

/** For each stage that reaches, the names of the stages it reaches into; reports paths and values that cannot be. */
export function linkReaches(
  drafts: ReadonlyMap<string, StageDraft>,
  from: ReadonlyMap<string, FromInputs>,
  types: StageTypes,
  problems: ProblemList,
): ReadonlyMap<string, readonly string[]> {
  const names = new Set([...drafts.values()].flatMap(({ stage }) => [stage.name, stage.group]));
  // What a faulty stage gets its inputs from is not known, so neither is what comes before a search.
  const isOrderKnown = ![...drafts.values()].some(({ isFaulty }) => isFaulty);
  const reached = new Map<string, readonly string[]>();
  for (const [name, draft] of drafts) {
    if (draft.isSkipped || draft.isFaulty || draft.reaches.length === 0) continue;
    const before = stagesBefore(name, from);
    const found = draft.reaches.flatMap((reach) => {
      const group = stageIn(reach.path, names);
      const made = [...drafts.values()].filter(({ stage }) => stage.name === group || stage.group === group);
      const hit = made.filter(({ stage }) => before.has(stage.name));
      if (group === null || hit.length === 0) {
        if (group !== null && !isOrderKnown) return [];
        const isReported = group !== null && reportNotBefore(draft, reach, group, made, before, types, problems);
        const own = isReported ? null : ownTarget(draft, reach, types);
        if (own !== null) checkParam(draft, reach, own, problems, nearStage(reach.path, before));
        return [];
      }
      for (const each of hit) checkParam(draft, reach, stageTarget(each, group, reach, types), problems);
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

/**
 * A stage after this one may have the name of a param of this one's own: only what does name a param of it is a mistake.
 *
 * @returns whether it is.
 */
function reportNotBefore(
  { stage }: StageDraft,
  reach: WrittenReach,
  group: string,
  made: readonly StageDraft[],
  before: ReadonlySet<string>,
  types: StageTypes,
  problems: ProblemList,
): boolean {
  const { path, at } = reach;
  const isSkipped = made.some((each) => each.isSkipped);
  const [first] = made;
  if (!isSkipped && (first === undefined || faultOf(stageTarget(first, group, reach, types), path) !== null))
    return false;
  const why = isSkipped ? 'which `when` leaves out' : `which does not run before \`${stage.name}\``;
  problems.error('E1030', at, `\`${path}\` reaches into \`${group}\`, ${why}`, {
    stage: stage.name,
    expected: before.size === 0 ? 'no stage: none runs before it' : `one of ${[...before].map(quoted).join(', ')}`,
    hint: isSkipped
      ? `remove \`${path}\``
      : `for a param of the trial itself write \`${path.slice(group.length + 1)}\``,
  });
  return true;
}

/** Whose param a path names. */
interface Target {
  /** As messages call it. */
  readonly name: string;
  /** From its params to the one that is named. */
  readonly keys: readonly string[];
  /** Null: it takes any param. */
  readonly checker: Checker | null;
  /** Its params as they are without a value for the path; null: it runs a command and has none. */
  readonly written: Tree | null;
}

function stageTarget({ stage }: StageDraft, group: string, { path }: WrittenReach, types: StageTypes): Target {
  const { name, action, at } = stage;
  const keys = keysOf(path.slice(group.length + 1));
  if (action.kind === 'cmd') return { name, keys, checker: null, written: null };
  const checker = types.get(action.uses, at, name)?.checker ?? null;
  return { name, keys, checker, written: treeFromJson(action.with, null) };
}

/** Null: nothing says whose params paths without a stage name. */
function ownTarget({ stage, borrowed }: StageDraft, { path, of }: WrittenReach, types: StageTypes): Target | null {
  const checker = of === null ? null : (types.get(of, stage.at, stage.name)?.checker ?? null);
  if (of === null || checker === null) return null;
  const written = borrowed.find((each) => each.of === of)?.tree ?? mapTree(new Map(), null);
  return { name: of, keys: keysOf(path), checker, written };
}

function checkParam(
  { stage }: StageDraft,
  { path, at, values }: WrittenReach,
  target: Target,
  problems: ProblemList,
  otherHint?: string,
) {
  const fault = faultOf(target, path);
  if (fault !== null) {
    problems.error('E1031', at, fault.message, { stage: stage.name, ...hinted(fault.hint ?? otherHint) });
    return;
  }
  const { name, keys, checker, written } = target;
  if (checker === null || written === null) return;
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
    const isFraction = value.kind === 'scalar' && typeof value.value === 'number' && !Number.isInteger(value.value);
    const wantsWhole = expected !== null && applicable(expected).some(({ node }) => node.type === 'integer');
    problems.error('E1032', value.at ?? at, `\`${path}\` may become ${kindOf(value)}`, {
      stage: stage.name,
      ...(expected === null ? {} : { expected: `${describeSchema(expected)}, as \`${name}\` takes it` }),
      ...hinted(isFraction && wantsWhole ? 'integer: true' : undefined),
    });
  }
}

function faultOf({ name, keys, checker, written }: Target, path: string) {
  if (written === null)
    return { message: `\`${path}\`: \`${name}\` runs a command, it has no params of its own to vary`, hint: undefined };
  return missingInSchema(checker?.schema ?? null, written, name, keys, path);
}

function keysOf(reference: string): readonly string[] {
  const keys = parseReference(reference);
  return keys.ok ? keys.value : [reference];
}

/** For a path that names no param of the trial: its first word may be a stage, miswritten. */
function nearStage(path: string, before: ReadonlySet<string>): string | undefined {
  const [first = ''] = path.split('.');
  const near = closest(first, before);
  return near === null ? undefined : `did you mean \`${near}${path.slice(first.length)}\`?`;
}

function hinted(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}

function quoted(name: string): string {
  return `\`${name}\``;
}
