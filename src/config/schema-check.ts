/**
 * Checks values against a JSON Schema with zod and reports each fault at the place where it was written.
 *
 * zod says where a value breaks its schema; the words come from the schema (`json-schema.ts`), so that a message names
 * what was expected in the terms of the file.
 */
import { fromJSONSchema, type core as zodCore } from 'zod';
import { didYouMean } from '../base/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import type { ProblemDetails } from '../base/problem.ts';
import type { ProblemCode } from '../base/problem-codes.ts';
import { applicable, childSchema, describeSchema, knownKeys, rootSchema, type Schema } from './json-schema.ts';
import type { ProblemList } from './problem-list.ts';
import { kindOf, type Place, placeOf, type Tree, treeAt, treeFromJson } from './tree.ts';

export type Path = readonly (string | number)[];

export interface SchemaCodes {
  readonly wrong: ProblemCode;
  readonly unknown: ProblemCode;
  readonly missing: ProblemCode;
}

export interface Checker {
  /** The faults of a value. */
  check(value: Json): readonly Fault[];
  readonly schema: Schema;
}

/** `wrong` at a path: the value there is not what the schema wants. `unknown`: the path ends in a key it does not know. */
export interface Fault {
  readonly kind: 'wrong' | 'unknown' | 'missing';
  readonly path: Path;
  readonly note?: string;
}

/** @throws Error when the schema uses a feature zod cannot read. */
export function compileSchema(root: JsonObject): Checker {
  const type = fromJSONSchema(root as Parameters<typeof fromJSONSchema>[0]);
  return {
    schema: rootSchema(root),
    check(value) {
      const parsed = type.safeParse(value);
      return parsed.success ? [] : parsed.error.issues.flatMap((issue) => faultsOf(issue, [], value));
    },
  };
}

/**
 * Reports the faults of a value.
 *
 * @param tree   where the value was written; may lack what defaults filled in.
 * @param named  what the value is called when the fault is the whole of it.
 */
export function reportFaults(
  faults: readonly Fault[],
  checker: Checker,
  value: Json,
  tree: Tree,
  named: string,
  codes: SchemaCodes,
  problems: ProblemList,
  detailsOf: (path: Path) => Omit<ProblemDetails, 'at' | 'expected' | 'hint'> = () => ({}),
): void {
  for (const fault of faults) {
    const { path, kind } = fault;
    const parent = path.slice(0, -1);
    const last = path.at(-1);
    const details = detailsOf(path);
    if (kind === 'unknown') {
      const keys = knownKeys(schemaAt(checker.schema, parent, value), valueAt(value, parent));
      const hint = didYouMean(String(last), keys);
      const expected =
        keys.length > 0 && keys.length <= 30 ? `one of ${keys.map((key) => `\`${key}\``).join(', ')}` : undefined;
      problems.error(codes.unknown, placeOf(tree, path), `unknown field \`${last}\` in ${nameOf(parent, named)}`, {
        ...details,
        ...(expected === undefined ? {} : { expected }),
        ...(hint === undefined ? {} : { hint }),
      });
      continue;
    }
    const expected = describeSchema(schemaAt(checker.schema, path, value));
    if (kind === 'missing') {
      const message = `${nameOf(parent, named)} has no \`${last}\``;
      problems.error(codes.missing, placeOf(tree, parent), message, { ...details, expected });
      continue;
    }
    const found = treeAt(tree, path) ?? treeFromJson(valueAt(value, path) ?? null, null);
    const at: Place = found.at ?? placeOf(tree, path);
    const note = fault.note === undefined ? '' : `, ${fault.note}`;
    problems.error(codes.wrong, at, `${nameOf(path, named)} is ${kindOf(found)}${note}`, { ...details, expected });
  }
}

/** `copies` of `with`; `item 2 of outs`. */
function nameOf(path: Path, named: string): string {
  const last = path.at(-1);
  if (last === undefined) return named;
  if (typeof last === 'number') return `item ${last + 1} of ${nameOf(path.slice(0, -1), named)}`;
  return `\`${last}\``;
}

function schemaAt(schema: Schema, path: Path, value: Json): Schema {
  let here = schema;
  let held: Json | undefined = value;
  for (const step of path) {
    const child = childSchema(here, step, held) ?? anyChild(here, step);
    if (child === null) return { root: schema.root, node: {} };
    here = child;
    held = held === undefined ? undefined : valueAt(held, [step]);
  }
  return here;
}

/** What a member may be in any of the alternatives, when the value is like none of them. */
function anyChild(schema: Schema, step: string | number): Schema | null {
  const constants = [...new Set(applicable(schema).flatMap((each) => childSchema(each, step)?.node.const ?? []))];
  return constants.length > 1 ? { root: schema.root, node: { enum: constants } } : childSchema(schema, step);
}

/** What lies at a path of a value; undefined when nothing does. */
export function valueAt(value: Json, path: Path): Json | undefined {
  let here: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(here)) here = here[Number(step)];
    else here = isJsonObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
  }
  return here;
}

type Issue = zodCore.$ZodIssue;

function faultsOf(issue: Issue, before: Path, value: Json): readonly Fault[] {
  const path = [...before, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ kind: 'unknown', path: [...path, key] }));
  if (issue.code === 'invalid_union') return faultsOfUnion(issue, path, value);
  if (issue.code === 'invalid_type' && path.length > 0 && valueAt(value, path) === undefined) {
    return [{ kind: 'missing', path }];
  }
  if (issue.code === 'invalid_key') return [{ kind: 'unknown', path }];
  return issue.code === 'custom'
    ? [{ kind: 'wrong', path, note: issue.message.toLowerCase() }]
    : [{ kind: 'wrong', path }];
}

/**
 * An alternative whose faults lie inside the value has the right type: its faults say more than those of the others. Of
 * several, the one whose constant members the value has is meant; when it has those of none, that is the fault.
 */
function faultsOfUnion(issue: zodCore.$ZodIssueInvalidUnion, path: Path, value: Json): readonly Fault[] {
  const inside = issue.errors.filter((issues) =>
    issues.every((each) => each.path.length > 0 || each.code === 'unrecognized_keys'),
  );
  const meant = inside.filter((issues) => !issues.some(isOtherConstant));
  const [only] = inside.length > 1 ? meant : inside;
  if (only !== undefined && (inside.length === 1 || meant.length === 1)) {
    return only.flatMap((each) => faultsOf(each, path, value));
  }
  const told = new Set(inside.map((issues) => issues.find(isOtherConstant)?.path[0]));
  const [member] = told;
  if (told.size !== 1 || typeof member !== 'string') return [{ kind: 'wrong', path }];
  const place = [...path, member];
  return [{ kind: valueAt(value, place) === undefined ? 'missing' : 'wrong', path: place }];
}

/** A member that could have one value only, and has another. */
function isOtherConstant(issue: Issue): boolean {
  return issue.code === 'invalid_value' && issue.values.length === 1 && issue.path.length === 1;
}
