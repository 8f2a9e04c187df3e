/**
 * The one walk over everything a stage's outputs depend on.
 *
 * Key, manifest and explanation all come from this walk, so they cannot drift apart. Not in it, on purpose: the stage's
 * name, the experiment, places outside the project, host, user, time, number of jobs, device and numeric backend.
 */
import { digestJson, type Key } from '../base/digest.ts';
import { isJsonObject, type Json } from '../base/json.ts';
import type { StageCode } from '../code/code-reader.ts';
import type { CommandAction, Stage, UsesAction } from '../config/stage.ts';
import type { Artifact } from '../inputs/artifact.ts';
import type { Fact, Manifest } from './manifest.ts';

/** What lies at each input now: by role for `from`, by path or role for deps. Absent inputs are null. */
export type InputArtifacts = ReadonlyMap<string, Artifact | null>;

/**
 * @param code     of a `uses` stage; null for commands.
 * @param reached  keys of the stages whose work it may ask for under other params: they decide what it would be given.
 */
export function manifestOf(
  stage: Stage,
  inputs: InputArtifacts,
  code: StageCode | null,
  reached: ReadonlyMap<string, Key> = new Map(),
): Manifest {
  const facts: Fact[] = [];
  const add = (kind: Fact['kind'], name: string, value: Json) => facts.push({ kind, name, value });
  if (stage.action.kind === 'cmd') addCommand(stage.action, add);
  else addUses(stage.action, code, add);
  for (const name of [...inputs.keys()].sort()) {
    const artifact = inputs.get(name) ?? null;
    add('input', name, artifact === null ? null : [artifact.kind, artifact.digest, artifact.executable]);
  }
  // Whether an out is a metric, or is kept in the store, changes nothing about its bytes; whether it starts from old ones does.
  for (const output of sortedBy(stage.outs, (each) => each.name))
    add('output', output.name, output.persist ? 'persists' : null);
  // Values of environment variables may be secrets, and manifests are kept: their digest tells as well that one changed.
  for (const name of Object.keys(stage.env).sort()) add('env', name, digestOrNull(stage.env[name] ?? null));
  for (const [name, key] of sortedBy([...reached], ([each]) => each)) add('reached', name, key);
  return { version: 1, facts };
}

function digestOrNull(value: string | null): string | null {
  return value === null ? null : digestJson('env', value);
}

type Add = (kind: Fact['kind'], name: string, value: Json) => void;

function addCommand(action: CommandAction, add: Add): void {
  action.commands.forEach((text, place) => {
    add('command', String(place), text);
  });
  add('wdir', '', action.wdir);
  for (const param of sortedBy(action.params, paramName)) add('param', paramName(param), param.value);
}

function paramName(param: { readonly file: string; readonly key: string | null }): string {
  const file = param.file.includes(':') ? JSON.stringify(param.file) : param.file;
  return param.key === null ? file : `${file}:${param.key}`;
}

function addUses(action: UsesAction, code: StageCode | null, add: Add): void {
  for (const [module, digest] of sortedEntries(code?.modules ?? {})) add('code', module, digest);
  for (const [name, version] of sortedEntries(code?.packages ?? {})) add('code', `package ${name}`, version);
  addLeaves('', action.with, add);
}

/** Each value of `with` by its own path, so that a reason names the value that changed and not the whole block. */
function addLeaves(path: string, value: Json, add: Add): void {
  if (isJsonObject(value) && Object.keys(value).length > 0) {
    for (const name of Object.keys(value).sort())
      addLeaves(path === '' ? segment(name) : `${path}.${segment(name)}`, value[name] as Json, add);
  } else if (path !== '') {
    add('param', path, value);
  }
}

/** `{'m.f': 1}` and `{m: {f: 1}}` are two values and need two names. */
function segment(name: string): string {
  return name === '' || /[."]/.test(name) ? JSON.stringify(name) : name;
}

function sortedEntries<T>(object: Readonly<Record<string, T>>): [string, T][] {
  return sortedBy(Object.entries(object), ([name]) => name);
}

function sortedBy<T>(list: readonly T[], nameOf: (each: T) => string): T[] {
  return [...list].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
}
