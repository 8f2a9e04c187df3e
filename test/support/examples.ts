/** The pipelines of examples/ as they are written, resolved and checked; nothing of them is run, and no data has to be there. */
import fs from 'node:fs';
import path from 'node:path';
import { loadProject } from '../../src/config/load-project.ts';
import type { Project } from '../../src/config/stage.ts';
import type { JsonObject } from '../../src/sdk/index.ts';
import { REPOSITORY } from './project.ts';

const EXAMPLES = path.join(REPOSITORY, 'examples');

/** Names of the examples that have a pipeline. */
export function exampleNames(): string[] {
  return fs.readdirSync(EXAMPLES).filter((name) => fs.existsSync(path.join(EXAMPLES, name, 'pipeline.yaml')));
}

/**
 * With all its experiments.
 *
 * @throws Error with every problem of the file.
 */
export function loadExample(name: string): Project {
  const loaded = loadProject({
    root: path.join(EXAMPLES, name),
    experiments: 'all',
    environment: {},
    builtinStages: path.join(REPOSITORY, 'stages'),
    builtinSchemas: path.join(REPOSITORY, 'schemas/stages'),
  });
  if (!loaded.ok) throw new Error(loaded.failure.map(({ code, message }) => `${name}: ${code} ${message}`).join('\n'));
  return loaded.value;
}

/** Params of a built-in stage of an experiment, defaults filled in. */
export function paramsOf(project: Project, experiment: string, stage: string): JsonObject {
  const action = project.experiments.find(({ name }) => name === experiment)?.stages.get(stage)?.action;
  if (action?.kind !== 'uses') throw new Error(`no stage ${stage} with params in ${experiment}`);
  return action.with;
}
