/**
 * The params of one experiment: files and values merged, with the experiment's overrides in them.
 *
 * An override changes the source the value comes from, so that `${lr}`, a stage that reads `params.yaml` and a stage that
 * names the key all see one value.
 */
import { canonicalJson } from '../base/json.ts';
import { type ProjectPath, projectPath } from '../base/paths.ts';
import { type DataFiles, isDataFile } from './data-file.ts';
import type { OverrideTarget } from './override-target.ts';
import type { ProblemList } from './problem-list.ts';
import { parseReference } from './template.ts';
import { jsonFromTree, type MapTree, mapTree, member, mergeTrees, replaceAt, type Tree, treeAt } from './tree.ts';

/** The name of the file of params that is read without being named. */
export const DEFAULT_PARAMS = 'params.yaml';

/** A part of the params. `file` null: written in the pipeline file itself. */
export interface ParamSource {
  readonly file: ProjectPath | null;
  readonly tree: MapTree;
}

/** The `params:` section: its files and values in the order in which they are merged, `params.yaml` first unless named. */
export function paramSources(
  section: Tree | undefined,
  folder: ProjectPath,
  files: DataFiles,
  problems: ProblemList,
): readonly ParamSource[] {
  const items = section === undefined ? [] : section.kind === 'list' ? section.items : [section];
  const sources: ParamSource[] = [];
  for (const item of items) {
    if (item.kind === 'map') sources.push({ file: null, tree: item });
    if (item.kind !== 'scalar' || typeof item.value !== 'string') continue;
    const file = projectPath(item.value, folder);
    if (!file.ok || !isDataFile(item.value)) {
      const expected = 'a .yaml, .json or .toml file inside the project';
      problems.error('E0303', item.at, `params cannot be read from \`${item.value}\``, { expected });
      continue;
    }
    const tree = files.get(file.value);
    if (tree === 'absent') {
      problems.error('E0301', item.at, `params file \`${item.value}\` does not exist`, { path: file.value });
    } else if (tree !== 'faulty') sources.push({ file: file.value, tree: asMap(tree, file.value, problems) });
  }
  const usual = projectPath(DEFAULT_PARAMS, folder);
  if (usual.ok && !sources.some((source) => source.file === usual.value)) {
    const tree = files.get(usual.value);
    if (typeof tree === 'object') sources.unshift({ file: usual.value, tree: asMap(tree, usual.value, problems) });
  }
  return sources;
}

function asMap(tree: Tree, file: ProjectPath, problems: ProblemList): MapTree {
  if (tree.kind === 'map') return tree;
  if (tree.kind === 'list' || tree.value !== null) {
    problems.error('E0303', tree.at, `\`${file}\` holds no names`, {
      path: file,
      expected: 'a map of names and values',
    });
  }
  return mapTree(new Map(), tree.at);
}

export class ParamValues {
  readonly #files: DataFiles;
  readonly #sources: ParamSource[];
  readonly #original: readonly ParamSource[];
  /** Files with overrides in them. */
  readonly #changed = new Map<ProjectPath, Tree>();

  constructor(sources: readonly ParamSource[], files: DataFiles) {
    this.#files = files;
    this.#original = sources;
    this.#sources = [...sources];
  }

  /** Everything `${}` and `params.NAME` can name, later sources over earlier ones. */
  merged(): MapTree {
    const empty: MapTree = mapTree(new Map(), null);
    return this.#sources.reduce<MapTree>((all, source) => {
      const tree = mergeTrees(all, source.tree);
      return tree.kind === 'map' ? tree : all;
    }, empty);
  }

  /** A file's values with the overrides in them. */
  file(file: ProjectPath): Tree | 'absent' | 'faulty' {
    return this.#changed.get(file) ?? this.#files.get(file);
  }

  /** True when an override gave the value at a path (null: anything in the file) another value than the file's. */
  isOverridden(file: ProjectPath | null, key: string | null): boolean {
    const now = file === null ? sourceTree(this.#sources, null) : this.#changed.get(file);
    if (now === undefined) return false;
    const before = file === null ? sourceTree(this.#original, null) : this.#files.get(file);
    if (typeof before !== 'object') return true;
    return text(now, key) !== text(before, key);
  }

  /** @returns false when there is no such value: an override never makes a new one. */
  override(target: Extract<OverrideTarget, { kind: 'params' | 'file' }>, value: Tree): boolean {
    if (target.kind === 'file') return this.#overrideFile(target.file, target.keys, value);
    for (let index = this.#sources.length - 1; index >= 0; index--) {
      const source = this.#sources[index];
      if (source === undefined || treeAt(source.tree, target.keys) === undefined) continue;
      if (source.file !== null) return this.#overrideFile(source.file, target.keys, value);
      const tree = replaceAt(source.tree, target.keys, value);
      if (tree.kind === 'map') this.#sources[index] = { file: null, tree };
      return true;
    }
    return false;
  }

  #overrideFile(file: ProjectPath, keys: readonly string[], value: Tree): boolean {
    const before = this.file(file);
    if (typeof before !== 'object' || treeAt(before, keys) === undefined) return false;
    const tree = replaceAt(before, keys, value);
    this.#changed.set(file, tree);
    if (tree.kind === 'map') {
      this.#sources.forEach((source, index) => {
        if (source.file === file) this.#sources[index] = { file, tree };
      });
    }
    return true;
  }
}

function sourceTree(sources: readonly ParamSource[], file: ProjectPath | null): Tree {
  const own = sources.filter((source) => source.file === file).map((source) => source.tree);
  return own.reduce<Tree>(mergeTrees, mapTree(new Map(), null));
}

function text(tree: Tree, key: string | null): string | null {
  const found = key === null ? tree : selectKey(tree, key);
  return found === undefined ? null : canonicalJson(jsonFromTree(found));
}

/** A value by dotted key; a key that itself holds the dots comes first. */
export function selectKey(tree: Tree, key: string): Tree | undefined {
  const literal = member(tree, key);
  if (literal !== undefined) return literal;
  const path = parseReference(key);
  return path.ok ? treeAt(tree, path.value) : undefined;
}
