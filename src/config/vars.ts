/**
 * `vars`: values and files that `${}` can name, with DVC's rules: maps merge, a value that is given twice is an error,
 * nothing is interpolated.
 */
import { type ProjectPath, projectPath } from '../base/paths.ts';
import { isDataFile } from './data-file.ts';
import type { ParamValues } from './param-values.ts';
import type { ProblemList } from './problem-list.ts';
import { hasReference } from './template.ts';
import { type Entry, type MapTree, mapTree, type Place, type Tree } from './tree.ts';

export interface VarsRequest {
  readonly vars: Tree | undefined;
  /** What can be named already; what `vars` gives is added to it. */
  readonly known: MapTree;
  /** The folder that files are relative to. */
  readonly folder: ProjectPath;
  readonly values: ParamValues;
  readonly problems: ProblemList;
  readonly stage?: string;
}

export function withVars(request: VarsRequest): MapTree {
  const { vars, problems } = request;
  if (vars?.kind !== 'list') return request.known;
  const details = request.stage === undefined ? {} : { stage: request.stage };
  let known = request.known;
  for (const item of vars.items) {
    const templated = firstReference(item);
    if (templated !== null) {
      const hint = 'write the value itself; `vars` are read before anything is put in';
      problems.error('E0308', templated.at, '`${}` is not replaced inside `vars`', { ...details, hint });
      continue;
    }
    if (item.kind === 'map') known = addAll(known, item, problems);
    else if (item.kind === 'scalar' && typeof item.value === 'string') {
      const loaded = loadFile(item.value, item.at, request);
      if (loaded !== null) known = addAll(known, loaded, problems);
    }
  }
  return known;
}

/** `file.yaml`, or `file.yaml:key1,key2`. */
function loadFile(spec: string, at: Place, request: VarsRequest): MapTree | null {
  const { problems, values, folder } = request;
  const colon = spec.indexOf(':');
  const name = colon < 0 ? spec : spec.slice(0, colon);
  const file = projectPath(name, folder);
  if (!file.ok || !isDataFile(name)) {
    const expected = 'a .yaml, .json or .toml file inside the project';
    problems.error('E0303', at, `values cannot be read from \`${name}\``, { expected });
    return null;
  }
  const tree = values.file(file.value);
  if (tree === 'faulty') return null;
  if (tree === 'absent') {
    problems.error('E0301', at, `file \`${file.value}\` does not exist`, { path: file.value });
    return null;
  }
  if (tree.kind !== 'map') {
    problems.error('E0303', at, `\`${file.value}\` holds no names`, { expected: 'a map of names and values' });
    return null;
  }
  if (colon < 0) return tree;
  const entries = new Map<string, Entry>();
  for (const key of spec.slice(colon + 1).split(',')) {
    const entry = tree.entries.get(key.trim());
    if (entry === undefined)
      problems.error('E0302', at, `\`${file.value}\` has no \`${key.trim()}\``, { path: file.value });
    else entries.set(key.trim(), entry);
  }
  return mapTree(entries, tree.at);
}

function addAll(known: MapTree, more: MapTree, problems: ProblemList): MapTree {
  const entries = new Map(known.entries);
  for (const [name, entry] of more.entries) {
    const earlier = entries.get(name);
    if (earlier === undefined) entries.set(name, entry);
    // The same file read twice gives the same trees: no conflict.
    else if (earlier.value === entry.value) continue;
    else if (earlier.value.kind === 'map' && entry.value.kind === 'map') {
      entries.set(name, { keyAt: earlier.keyAt, value: addAll(earlier.value, entry.value, problems) });
    } else {
      const related = earlier.keyAt === null ? {} : { related: { at: earlier.keyAt, message: 'first given here' } };
      problems.error('E0307', entry.keyAt, `\`${name}\` is given a value twice`, related);
    }
  }
  return mapTree(entries, known.at);
}

function firstReference(tree: Tree): Tree | null {
  if (tree.kind === 'scalar') return typeof tree.value === 'string' && hasReference(tree.value) ? tree : null;
  const parts = tree.kind === 'list' ? tree.items : [...tree.entries.values()].map((entry) => entry.value);
  for (const part of parts) {
    const found = firstReference(part);
    if (found !== null) return found;
  }
  return null;
}
