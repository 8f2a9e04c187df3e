/** The fields of a stage that runs a command: DVC's fields with DVC's meaning. */

import { didYouMean } from '../base/did-you-mean.ts';
import { type ProjectPath, projectPath } from '../base/paths.ts';
import { isDataFile } from './data-file.ts';
import { DEFAULT_PARAMS, type ParamValues, selectKey } from './param-values.ts';
import type { CommandAction, Dependency, Output, ParamValue } from './stage.ts';
import type { PlacedText, StageFields } from './stage-fields.ts';
import { jsonFromTree, type MapTree, member, type Place, type Tree } from './tree.ts';
import { readPath } from './written-path.ts';

export interface CommandContext {
  readonly dialect: 'pipe' | 'dvc';
  /** The pipeline file, and the folder it lies in. */
  readonly file: ProjectPath;
  readonly folder: ProjectPath;
  readonly values: ParamValues;
  /** All params of the experiment, merged. */
  readonly params: MapTree;
}

export interface CommandParts {
  readonly action: CommandAction;
  readonly deps: readonly Dependency[];
  readonly outs: readonly Output[];
  /** The roles its commands name as `${from.role}`. */
  readonly rolesUsed: readonly PlacedText[];
}

/** The folder a stage's command runs in. */
export function readWdir(fields: StageFields, folder: ProjectPath): ProjectPath {
  const wdir = fields.text('wdir');
  if (wdir === undefined) return folder;
  return readPath({ ...wdir, folder, purpose: 'wdir', stage: fields.stage }, fields.problems) ?? folder;
}

export function readCommandStage(fields: StageFields, wdir: ProjectPath, context: CommandContext): CommandParts {
  const rolesUsed: PlacedText[] = [];
  const keepFrom =
    context.dialect === 'pipe' ? (text: string, place: Place) => void rolesUsed.push({ text, at: place }) : null;
  const cmd = fields.entry('cmd');
  const isSplit = context.dialect === 'dvc' && cmd?.value.kind !== 'list';
  const errorsBefore = fields.problems.errorCount;
  const texts = fields.texts('cmd', { keepFrom }).flatMap(({ text }) => (isSplit ? linesOf(text) : [text]));
  const commands = texts.filter((text) => text.trim() !== '');
  if (cmd !== undefined && commands.length === 0 && fields.problems.errorCount === errorsBefore) {
    const hint = 'write what to run: `cmd: python train.py`';
    fields.problems.error('E0204', cmd.keyAt, `\`cmd\` of \`${fields.stage}\` is empty`, { stage: fields.stage, hint });
  }
  return {
    action: { kind: 'cmd', commands, wdir, params: readParams(fields, wdir, context) },
    deps: readDeps(fields, wdir),
    outs: [
      ...readOuts(fields, 'outs', 'artifact', wdir),
      ...readOuts(fields, 'metrics', 'metrics', wdir),
      ...readOuts(fields, 'plots', 'plots', wdir),
    ],
    rolesUsed,
  };
}

/**
 * DVC runs each line of a text as a command of its own, so that `cd` holds for one line and the first failure is the last
 * line that ran; an item of a list it hands to the shell whole. A pipeline.yaml hands every text to the shell whole.
 */
function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/);
}

function readDeps(fields: StageFields, folder: ProjectPath): readonly Dependency[] {
  const deps = new Map<ProjectPath, Dependency>();
  for (const { text, at } of fields.texts('deps')) {
    const path = readPath({ text, at, folder, purpose: 'dep', stage: fields.stage }, fields.problems);
    if (path !== null && !deps.has(path)) deps.set(path, { path, role: 'dep', at: at ?? fields.at });
  }
  return [...deps.values()];
}

function readOuts(fields: StageFields, field: string, role: Output['role'], folder: ProjectPath): readonly Output[] {
  const value = fields.value(field);
  const items = value === undefined ? [] : value.kind === 'list' ? value.items : [value];
  const outs: Output[] = [];
  const add = (text: string, at: Place, flags: Tree | undefined) => {
    const path = readPath({ text, at, folder, purpose: 'out', stage: fields.stage }, fields.problems);
    if (path === null) return;
    const cache = readFlag(fields, flags, 'cache', true);
    const persist = readFlag(fields, flags, 'persist', false);
    outs.push({ name: text, path, role, cache, persist, at: at ?? fields.at });
  };
  for (const item of items) {
    if (item.kind === 'map') for (const [text, entry] of item.entries) add(text, entry.keyAt, entry.value);
    else {
      const text = fields.asText(item, `\`${field}\``);
      if (text !== undefined) add(text.text, text.at, undefined);
    }
  }
  return outs;
}

function readFlag(fields: StageFields, flags: Tree | undefined, name: string, otherwise: boolean): boolean {
  const value = member(flags, name);
  if (value === undefined) return otherwise;
  if (value.kind === 'scalar' && typeof value.value === 'boolean') return value.value;
  fields.wrong(value, `\`${name}\``, '`true` or `false`');
  return otherwise;
}

/** `key` of the usual params, or `{file: [keys]}`; no keys: the whole file. */
function readParams(fields: StageFields, wdir: ProjectPath, context: CommandContext): readonly ParamValue[] {
  const value = fields.value('params');
  const items = value === undefined ? [] : value.kind === 'list' ? value.items : [value];
  const params = new Map<string, ParamValue>();
  const keep = (param: ParamValue | null) => {
    if (param !== null) params.set(`${param.file}\n${param.key}`, param);
  };
  for (const item of items) {
    if (item.kind === 'map') {
      for (const [name, { keyAt, value: keys }] of item.entries) {
        const file = readPath(
          { text: name, at: keyAt, folder: wdir, purpose: 'params file', stage: fields.stage },
          fields.problems,
        );
        if (file === null) continue;
        const list = keys.kind === 'list' ? keys.items : keys.kind === 'scalar' && keys.value === null ? [] : [keys];
        if (list.length === 0) keep(paramOfFile(fields, file, null, keyAt, context));
        for (const key of list) {
          const text = fields.asText(key, `key of \`${name}\``);
          if (text !== undefined) keep(paramOfFile(fields, file, text, keyAt, context));
        }
      }
    } else {
      const text = fields.asText(item, '`params`');
      if (text !== undefined) keep(usualParam(fields, text, wdir, context));
    }
  }
  return [...params.values()];
}

/** A bare key: of `params.yaml` beside the command; in a pipeline.yaml also of its own `params`. */
function usualParam(
  fields: StageFields,
  key: PlacedText,
  wdir: ProjectPath,
  context: CommandContext,
): ParamValue | null {
  const { values, params, dialect } = context;
  const usual = projectPath(DEFAULT_PARAMS, wdir);
  if (!usual.ok) return null;
  const tree = values.file(usual.value);
  const inFile = typeof tree === 'object' && selectKey(tree, key.text) !== undefined;
  if (dialect === 'dvc' || inFile) return paramOfFile(fields, usual.value, key, key.at, context);
  const value = selectKey(params, key.text);
  if (value === undefined) {
    reportMissing(fields, key, 'params', params.entries.keys());
    return null;
  }
  const overridden = values.isOverridden(null, key.text);
  return { file: context.file, key: key.text, value: jsonFromTree(value), overridden };
}

/** @param key null: the whole file. @param fileAt where the file is named. */
function paramOfFile(
  fields: StageFields,
  file: ProjectPath,
  key: PlacedText | null,
  fileAt: Place,
  context: CommandContext,
): ParamValue | null {
  const { stage, problems } = fields;
  if (!isDataFile(file)) {
    const expected = 'a .yaml, .json or .toml file';
    const hint = 'list it under `deps`';
    problems.error('E0303', fileAt, `params cannot be read from \`${file}\``, { stage, path: file, expected, hint });
    return null;
  }
  const tree = context.values.file(file);
  if (tree === 'faulty') return null;
  if (tree === 'absent') {
    problems.error('E0301', fileAt, `params file \`${file}\` does not exist`, { stage, path: file });
    return null;
  }
  if (key === null) return paramValue(file, null, tree, context);
  const value = selectKey(tree, key.text);
  if (value !== undefined) return paramValue(file, key.text, value, context);
  reportMissing(fields, key, file, tree.kind === 'map' ? tree.entries.keys() : []);
  return null;
}

function paramValue(file: ProjectPath, key: string | null, value: Tree, context: CommandContext): ParamValue {
  return { file, key, value: jsonFromTree(value), overridden: context.values.isOverridden(file, key) };
}

function reportMissing(fields: StageFields, key: PlacedText, file: string, names: Iterable<string>): void {
  const hint = didYouMean(key.text, names);
  const details = { stage: fields.stage, ...(hint === undefined ? {} : { hint }) };
  fields.problems.error('E0302', key.at, `\`${file}\` has no param \`${key.text}\``, details);
}
