/** Files of values (YAML, JSON, TOML) to trees, each read once per load. */
import path from 'node:path';
import { parse as parseToml, TomlDate } from 'smol-toml';
import { isJsonObject, type Json } from '../base/json.ts';
import type { ProjectPath } from '../base/paths.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { ProblemList } from './problem-list.ts';
import { type Tree, treeFromJson } from './tree.ts';
import type { World } from './world.ts';
import { MAX_FILE_BYTES, parseYaml } from './yaml-text.ts';

const READABLE = ['.yaml', '.yml', '.json', '.toml'];

/** True for names of files values can be read from. */
export function isDataFile(name: string): boolean {
  return READABLE.includes(path.extname(name).toLowerCase());
}

export class DataFiles {
  readonly #root: string;
  readonly #world: World;
  readonly #problems: ProblemList;
  readonly #read = new Map<ProjectPath, Tree | 'absent' | 'faulty'>();

  constructor(root: string, world: World, problems: ProblemList) {
    this.#root = root;
    this.#world = world;
    this.#problems = problems;
  }

  /** The files read so far that exist. */
  names(): readonly ProjectPath[] {
    return [...this.#read].flatMap(([file, tree]) => (tree === 'absent' ? [] : [file]));
  }

  /** Faults of the file are reported here, the first time; that it is absent is for the caller to report. */
  get(file: ProjectPath): Tree | 'absent' | 'faulty' {
    const known = this.#read.get(file);
    if (known !== undefined) return known;
    const read = readDataFile(this.#world, path.join(this.#root, file), file);
    if (!read.ok) for (const each of read.failure) this.#problems.add(each);
    const tree = read.ok ? (read.value ?? 'absent') : 'faulty';
    this.#read.set(file, tree);
    return tree;
  }
}

/** @returns null when there is no such file. @param name what the file is called in messages. */
export function readDataFile(world: World, absolute: string, name: string): Result<Tree | null, readonly Problem[]> {
  const found = world.readText(absolute);
  switch (found.kind) {
    case 'absent':
      return ok(null);
    case 'too-large': {
      const megabytes = (found.sizeBytes / 1024 / 1024).toFixed(0);
      const expected = `at most ${MAX_FILE_BYTES / 1024 / 1024} MiB`;
      return fail([
        problem('E0103', `\`${name}\` holds ${megabytes} MiB`, { at: fileStart(name), expected, path: name }),
      ]);
    }
    case 'unreadable':
      return fail([
        problem('E0102', `\`${name}\` cannot be read: ${found.reason}`, { at: fileStart(name), path: name }),
      ]);
    case 'text':
      return parseData(found.text, name);
  }
}

/** By the name's extension; anything but `.json` and `.toml` is read as YAML. */
function parseData(text: string, name: string): Result<Tree, readonly Problem[]> {
  const extension = path.extname(name).toLowerCase();
  if (extension !== '.json' && extension !== '.toml') return parseYaml(text, name);
  try {
    const value = extension === '.json' ? (JSON.parse(text) as Json) : plainToml(parseToml(text));
    return ok(treeFromJson(value, fileStart(name)));
  } catch (error) {
    return fail([syntaxProblem(error, text, name, extension === '.json' ? 'JSON' : 'TOML')]);
  }
}

function fileStart(file: string) {
  return { file, line: 1, column: 1, length: 1 };
}

function syntaxProblem(error: unknown, text: string, name: string, format: string): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const [firstLine = ''] = message.split('\n');
  return problem('E0104', `not valid ${format}: ${firstLine.slice(0, 1).toLowerCase()}${firstLine.slice(1)}`, {
    at: { file: name, ...lineOfError(error, message, text), length: 1 },
  });
}

function lineOfError(error: unknown, message: string, text: string): { line: number; column: number } {
  if (error instanceof Error && 'line' in error && 'column' in error) {
    return { line: Number(error.line), column: Number(error.column) };
  }
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? (message.includes('end of JSON') ? text.length : 0));
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** TOML's dates become the text they were written as, its tables plain maps. */
function plainToml(value: unknown): Json {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(plainToml);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainToml(member)]));
  }
  const scalar = value as Json;
  return isJsonObject(scalar) ? null : scalar;
}
