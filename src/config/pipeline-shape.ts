/** Checks a pipeline file against `schemas/pipeline.schema.json`, the one description of its shape. */
import schema from '../../schemas/pipeline.schema.json' with { type: 'json' };
import type { JsonObject } from '../base/json.ts';
import type { ProblemList } from './problem-list.ts';
import { type Checker, compileSchema, type Path, reportFaults } from './schema-check.ts';
import { jsonFromMap, type MapTree } from './tree.ts';

export type Dialect = 'pipe' | 'dvc';

/** What the checks found wrong, so that later steps pass over it. */
export interface FaultyParts {
  readonly stages: ReadonlySet<string>;
  /** Top-level fields that are wrong as a whole. */
  readonly sections: ReadonlySet<string>;
}

const CODES = { wrong: 'E0201', unknown: 'E0202', missing: 'E0203' } as const;

export function checkShape(tree: MapTree, dialect: Dialect, problems: ProblemList): FaultyParts {
  const value = jsonFromMap(tree);
  const checker = compiled(dialect);
  const faults = checker.check(value);
  reportFaults(faults, checker, value, tree, 'the file', CODES, problems, stageOf);
  const stages = faults.flatMap(({ path }) => (path[0] === 'stages' && path.length > 1 ? [String(path[1])] : []));
  const sections = faults.flatMap(({ path }) =>
    path.length === 1 || path[0] === 'params' || path[0] === 'vars' ? [String(path[0])] : [],
  );
  return { stages: new Set(stages), sections: new Set(sections) };
}

function compiled(dialect: Dialect): Checker {
  const whole: JsonObject = schema;
  return compileSchema(dialect === 'pipe' ? whole : { $ref: '#/$defs/dvcFile', $defs: schema.$defs });
}

function stageOf(path: Path): { stage: string } | Record<string, never> {
  return path[0] === 'stages' && path[1] !== undefined ? { stage: String(path[1]) } : {};
}
