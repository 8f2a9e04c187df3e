/**
 * What `uses: NAME` means: the entry module, and the schema that tells params, inputs and outputs.
 *
 * A project's own `stages/` and `schemas/stages/` come before the built-in ones. A stage without a schema takes any params
 * and any inputs and has one output, `output`.
 */
import path from 'node:path';
import { didYouMean } from '../base/did-you-mean.ts';
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { readDataFile } from './data-file.ts';
import type { ProblemList } from './problem-list.ts';
import { type Checker, compileSchema } from './schema-check.ts';
import type { Output } from './stage.ts';
import { jsonFromTree, type Place } from './tree.ts';
import type { World } from './world.ts';

export type ArtifactKind = 'dataset' | 'model' | 'settings' | 'metrics' | 'any';

export interface StageType {
  readonly uses: string;
  /** Absolute path of the module. */
  readonly entry: string;
  /** Checks `with`; null when there is no schema. */
  readonly checker: Checker | null;
  /** By role; null when any input is taken. */
  readonly inputs: ReadonlyMap<string, InputType> | null;
  readonly outputs: readonly OutputType[];
}

export interface InputType {
  readonly kind: ArtifactKind;
  readonly required: boolean;
}

export interface OutputType {
  /** The name of the file or folder. */
  readonly name: string;
  readonly kind: ArtifactKind;
  readonly role: Output['role'];
}

/** Where stages and their schemas are looked for; absolute folders. */
export interface StageFolders {
  readonly root: string;
  readonly builtinStages: string;
  readonly builtinSchemas: string;
}

const ENTRY_EXTENSIONS = ['.ts', '.js', '.mts', '.mjs'];
const STAGE_NAME = /^[A-Za-z0-9][\w-]*$/;
/** Names of outputs are names of files in the stage's folder. */
const OUTPUT_NAME = /^[A-Za-z0-9][\w.-]{0,199}$/;
const KINDS: readonly ArtifactKind[] = ['dataset', 'model', 'settings', 'metrics', 'any'];

export class StageTypes {
  readonly #folders: StageFolders;
  readonly #world: World;
  readonly #problems: ProblemList;
  readonly #known = new Map<string, StageType | 'absent' | 'faulty'>();

  constructor(folders: StageFolders, world: World, problems: ProblemList) {
    this.#folders = folders;
    this.#world = world;
    this.#problems = problems;
  }

  /** Reports a name that stands for no stage, and a schema that cannot be used; null then. */
  get(uses: string, at: Place, stage: string): StageType | null {
    const type = this.#known.get(uses) ?? this.#load(uses);
    this.#known.set(uses, type);
    if (type === 'absent') this.#reportUnknown(uses, at, stage);
    return typeof type === 'string' ? null : type;
  }

  #load(uses: string): StageType | 'absent' | 'faulty' {
    const { root, builtinStages, builtinSchemas } = this.#folders;
    if (!STAGE_NAME.test(uses)) return 'absent';
    const entry = this.#findEntry(path.join(root, 'stages'), uses) ?? this.#findEntry(builtinStages, uses);
    if (entry === null) return 'absent';
    for (const folder of [path.join(root, 'schemas', 'stages'), builtinSchemas]) {
      const file = path.join(folder, `${uses}.schema.json`);
      const name = path.relative(root, file).replaceAll(path.sep, '/');
      const read = readDataFile(this.#world, file, name);
      if (!read.ok) {
        for (const each of read.failure) this.#problems.add(each);
        return 'faulty';
      }
      if (read.value !== null) return this.#fromSchema(uses, entry, jsonFromTree(read.value), name);
    }
    return { uses, entry, checker: null, inputs: null, outputs: [{ name: 'output', kind: 'any', role: 'artifact' }] };
  }

  #findEntry(folder: string, uses: string): string | null {
    for (const extension of ENTRY_EXTENSIONS) {
      for (const file of [path.join(folder, uses + extension), path.join(folder, uses, `index${extension}`)]) {
        if (this.#world.isFile(file)) return file;
      }
    }
    return null;
  }

  #fromSchema(uses: string, entry: string, schema: Json, name: string): StageType | 'faulty' {
    const report = (message: string): 'faulty' => {
      this.#problems.error('E0211', { file: name, line: 1, column: 1 }, message, { path: name });
      return 'faulty';
    };
    if (!isJsonObject(schema)) return report(`schema of \`${uses}\` is not a map`);
    let checker: Checker;
    try {
      checker = compileSchema(schema);
    } catch (error) {
      return report(`schema of \`${uses}\` cannot be used: ${error instanceof Error ? error.message : String(error)}`);
    }
    const inputs = readMembers(schema['x-inputs']);
    const outputs = readMembers(schema['x-outputs']);
    if (inputs === null || outputs === null) {
      return report(`\`x-inputs\` and \`x-outputs\` of \`${uses}\` need a \`kind\` for each name: ${KINDS.join(', ')}`);
    }
    const badName = outputs.map(([output]) => output).find((output) => !OUTPUT_NAME.test(output));
    if (badName !== undefined) {
      const shown = JSON.stringify(badName);
      return report(
        `\`x-outputs\` of \`${uses}\` has the name ${shown}, expected letters, digits, \`-\`, \`_\` and \`.\``,
      );
    }
    return {
      uses,
      entry,
      checker,
      inputs:
        schema['x-inputs'] === undefined
          ? null
          : new Map(inputs.map(([role, kind, it]) => [role, { kind, required: it.required === true }])),
      outputs:
        outputs.length === 0
          ? [{ name: 'output', kind: 'any', role: 'artifact' }]
          : outputs.map(([output, kind, it]) => ({ name: output, kind, role: roleOf(kind, it.role) })),
    };
  }

  #reportUnknown(uses: string, at: Place, stage: string): void {
    const { root, builtinStages } = this.#folders;
    const files = [...this.#world.list(path.join(root, 'stages')), ...this.#world.list(builtinStages)];
    const names = [...new Set(files.map((file) => file.replace(/\.m?[jt]s$/, '')))].filter(
      (name) => STAGE_NAME.test(name) && name !== 'lib',
    );
    this.#problems.error('E0210', at, `there is no stage \`${uses}\` to use`, {
      stage,
      expected:
        names.length === 0
          ? 'a file or folder in `stages/`'
          : `one of ${names.map((name) => `\`${name}\``).join(', ')}`,
      hint: didYouMean(uses, names) ?? `make it: \`stages/${STAGE_NAME.test(uses) ? uses : 'NAME'}/index.ts\``,
    });
  }
}

function readMembers(members: Json | undefined): [string, ArtifactKind, JsonObject][] | null {
  if (members === undefined) return [];
  if (!isJsonObject(members)) return null;
  const read: [string, ArtifactKind, JsonObject][] = [];
  for (const [name, it] of Object.entries(members)) {
    const kind = isJsonObject(it) ? KINDS.find((each) => each === it.kind) : undefined;
    if (!isJsonObject(it) || kind === undefined) return null;
    read.push([name, kind, it]);
  }
  return read;
}

function roleOf(kind: ArtifactKind, role: Json | undefined): Output['role'] {
  if (role === 'metrics' || role === 'plots') return role;
  return kind === 'metrics' ? 'metrics' : 'artifact';
}
