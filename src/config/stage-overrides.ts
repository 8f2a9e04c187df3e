/** Overrides of params of stages: that they name something is checked once, their values are handed out per stage. */
import { closest } from '../base/did-you-mean.ts';
import type { ProjectPath } from '../base/paths.ts';
import type { ProblemDetails } from '../base/problem.ts';
import type { WrittenStage } from './expand.ts';
import { childSchema, isFreeMap, knownKeys, type Schema } from './json-schema.ts';
import type { Override } from './override.ts';
import { type OverrideTarget, readTarget } from './override-target.ts';
import type { ParamValues } from './param-values.ts';
import type { ProblemList } from './problem-list.ts';
import type { StageTypes } from './stage-type.ts';
import { isPlainText } from './template.ts';
import { type MapTree, member, type Tree, treeAt, treeFromJson } from './tree.ts';
import type { ParamOverride } from './uses-stage.ts';

export interface OverrideContext {
  /** `stages:` as written. */
  readonly stages: MapTree;
  readonly folder: ProjectPath;
  /** Params without overrides: what there is to override. */
  readonly values: ParamValues;
  /** The same, merged. */
  readonly params: MapTree;
  readonly types: StageTypes;
  readonly problems: ProblemList;
}

/** An override whose target is known to exist. */
export interface ReadOverride {
  readonly override: Override;
  readonly target: OverrideTarget;
}

/** Reports each override that names nothing, and gives back the others. */
export function readOverrides(
  overrides: readonly Override[],
  context: OverrideContext,
  experiment: string | null,
): readonly ReadOverride[] {
  return overrides.flatMap((override): ReadOverride[] => {
    const report = (message: string, hint: string | undefined): [] => {
      const details: Omit<ProblemDetails, 'at'> = {
        ...(experiment === null ? {} : { experiment }),
        ...(hint === undefined ? {} : { hint }),
      };
      context.problems.error('E0309', override.at ?? null, message, details);
      return [];
    };
    const read = readTarget(
      override.path,
      { stages: context.stages.entries, params: context.params.entries },
      context.folder,
    );
    if (!read.ok) return report(read.failure.message, read.failure.hint);
    const target = { ...read.value, keys: joinDotted(valuesOf(read.value, context), read.value.keys) };
    const fault = missingTarget(target, override.path, context);
    return fault === null ? [{ override, target }] : report(fault.message, fault.hint);
  });
}

/** Hands the values for params and files to `values`; gives back what each stage gets. */
export function applyOverrides(
  overrides: readonly ReadOverride[],
  values: ParamValues,
): (stage: WrittenStage) => readonly ParamOverride[] {
  const byStage = new Map<string, (ParamOverride & { order: number })[]>();
  overrides.forEach(({ override, target }, order) => {
    const value = treeFromJson(override.value, override.at ?? null);
    if (target.kind !== 'stage') values.override(target, value);
    else byStage.set(target.stage, [...(byStage.get(target.stage) ?? []), { keys: target.keys, value, order }]);
  });
  return ({ name, group }) => {
    const own = [...(byStage.get(name) ?? []), ...(group === name ? [] : (byStage.get(group) ?? []))];
    return own.sort((a, b) => a.order - b.order);
  };
}

/** Why a path names no param, and what may have been meant. */
export interface MissingParam {
  readonly message: string;
  readonly hint: string | undefined;
}

function missingTarget(target: OverrideTarget, path: string, context: OverrideContext): MissingParam | null {
  switch (target.kind) {
    case 'params':
      return missingValue(context.params, target.keys, path, 'params');
    case 'file': {
      const tree = context.values.file(target.file);
      if (tree === 'faulty') return null;
      if (tree === 'absent') return { message: `\`${path}\`: file \`${target.file}\` does not exist`, hint: undefined };
      return missingValue(tree, target.keys, path, target.file);
    }
    case 'stage':
      return missingParam(target.stage, target.keys, path, context);
  }
}

function missingValue(tree: Tree, keys: readonly string[], path: string, where: string): MissingParam | null {
  let here: Tree | undefined = tree;
  for (const [index, key] of keys.entries()) {
    const next: Tree | undefined = treeAt(here, [key]);
    if (next === undefined) {
      const names = here.kind === 'map' ? [...here.entries.keys()] : [];
      return {
        message: `\`${path}\` names no value: ${where} has no \`${keys.slice(0, index + 1).join('.')}\``,
        hint: suggestion(path, keys, index, names),
      };
    }
    here = next;
  }
  return null;
}

/** The values, as written, that a target's keys lead into. */
function valuesOf(target: OverrideTarget, context: OverrideContext): Tree | undefined {
  if (target.kind === 'params') return context.params;
  if (target.kind === 'stage') return member(bodyOf(target.stage, context), 'with');
  const tree = context.values.file(target.file);
  return typeof tree === 'object' ? tree : undefined;
}

/** The fields of a stage as written, inside `do` where it has one. */
function bodyOf(stage: string, { stages }: OverrideContext): Tree | undefined {
  const written = member(stages, stage) ?? member(stages, stage.slice(0, stage.indexOf('@')));
  return member(written, 'do') ?? written;
}

/** Keys that themselves hold dots, as in the space of a search (`model.filters`), are one step. */
function joinDotted(tree: Tree | undefined, keys: readonly string[]): readonly string[] {
  for (let length = keys.length; length > 0; length--) {
    const name = keys.slice(0, length).join('.');
    const value = member(tree, name);
    if (value !== undefined) return [name, ...joinDotted(value, keys.slice(length))];
  }
  const [first, ...rest] = keys;
  const item = tree?.kind === 'list' && first !== undefined ? treeAt(tree, [first]) : undefined;
  return first === undefined || item === undefined ? keys : [first, ...joinDotted(item, rest)];
}

function missingParam(
  stage: string,
  keys: readonly string[],
  path: string,
  context: OverrideContext,
): MissingParam | null {
  const body = bodyOf(stage, context);
  const uses = member(body, 'uses');
  if (uses?.kind !== 'scalar' || typeof uses.value !== 'string') {
    if (member(body, 'cmd') === undefined) return null; // neither: reported with the stage itself
    const hint = `give the value in \`params\` and use it in the command, then override \`params.${keys.join('.')}\``;
    return { message: `\`${path}\`: \`${stage}\` runs a command, it has no params of its own to override`, hint };
  }
  if (!isPlainText(uses.value)) return null;
  const type = context.types.get(uses.value, uses.at, stage);
  if (type === null) return null;
  return missingInSchema(type.checker?.schema ?? null, member(body, 'with'), stage, keys, path);
}

/** A param exists when the schema declares it, when the file gives it, or when it lies in a map that takes any name. */
export function missingInSchema(
  schema: Schema | null,
  written: Tree | undefined,
  stage: string,
  keys: readonly string[],
  path: string,
): MissingParam | null {
  let type = schema;
  let value = written;
  for (const [index, key] of keys.entries()) {
    // What a `${}` will give is not known here.
    if (value?.kind === 'scalar' && typeof value.value === 'string' && !isPlainText(value.value)) return null;
    const nextType = type === null ? null : childSchema(type, key);
    const nextValue = value === undefined ? undefined : treeAt(value, [key]);
    if (nextType === null && nextValue === undefined) {
      if (type !== null && isFreeMap(type)) return null;
      const names = [...(type === null ? [] : knownKeys(type)), ...(value?.kind === 'map' ? value.entries.keys() : [])];
      const name = keys.slice(0, index + 1).join('.');
      return {
        message: `\`${path}\` names no value: \`${stage}\` has no param \`${name}\``,
        hint: suggestion(path, keys, index, names),
      };
    }
    type = nextType;
    value = nextValue;
  }
  return null;
}

/** The whole path with the step that fails mended; the step left out when it is `with`, as in `train.with.epochs`. */
function suggestion(
  path: string,
  keys: readonly string[],
  index: number,
  names: readonly string[],
): string | undefined {
  const key = keys[index] ?? '';
  const start = path.slice(0, path.length - keys.join('.').length);
  const next = keys[index + 1];
  if (key === 'with' && index === 0 && next !== undefined)
    return `did you mean \`${start}${keys.slice(1).join('.')}\`?`;
  const near = closest(key, names);
  return near === null ? undefined : `did you mean \`${start}${keys.with(index, near).join('.')}\`?`;
}
