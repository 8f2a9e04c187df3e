/** Test support: a project made of texts, without a disk, and short ways to look at what loading it gave. */
import type { Json } from '../base/json.ts';
import type { Problem } from '../base/problem.ts';
import { type LoadRequest, loadProject } from './load-project.ts';
import type { Experiment, Project, Stage } from './stage.ts';
import type { World } from './world.ts';

const ROOT = '/project';
const BUILTIN = '/pipe';

/** Files by path relative to the project; those of the runner itself start with `pipe:`. */
export type Texts = Readonly<Record<string, string>>;
export type Options = Partial<Pick<LoadRequest, 'file' | 'overrides' | 'experiments' | 'environment'>>;

export function textWorld(texts: Texts): World {
  const files = new Map(
    Object.entries(texts).map(([name, text]) => [
      name.startsWith('pipe:') ? `${BUILTIN}/${name.slice('pipe:'.length)}` : `${ROOT}/${name}`,
      text,
    ]),
  );
  return {
    readText(path) {
      const text = files.get(path);
      return text === undefined ? { kind: 'absent' } : { kind: 'text', text };
    },
    isFile: (path) => files.has(path),
    list(folder) {
      const inside = [...files.keys()].filter((path) => path.startsWith(`${folder}/`));
      return [...new Set(inside.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))];
    },
  };
}

function request(texts: Texts | string, options: Options): LoadRequest {
  return {
    root: ROOT,
    environment: {},
    builtinStages: `${BUILTIN}/stages`,
    builtinSchemas: `${BUILTIN}/schemas`,
    world: textWorld(typeof texts === 'string' ? { ...STAGES, 'pipeline.yaml': texts } : { ...STAGES, ...texts }),
    ...options,
  };
}

/** The project; the test fails with the problems when there are any. */
export function load(texts: Texts | string, options: Options = {}): Project {
  const project = loadProject(request(texts, options));
  if (!project.ok) throw new Error(project.failure.map(brief).join('\n'));
  return project.value;
}

/** The problems; the test fails when there are none. */
export function problems(texts: Texts | string, options: Options = {}): readonly Problem[] {
  const project = loadProject(request(texts, options));
  if (project.ok) throw new Error('expected problems, found none');
  return project.failure;
}

/** `E0202 4:5 unknown field ...`: code, place and message. */
export function brief({ code, at, message }: Problem): string {
  return `${code} ${at === undefined ? '-' : `${at.line}:${at.column}`} ${message}`;
}

export function briefs(texts: Texts | string, options: Options = {}): readonly string[] {
  return problems(texts, options).map(brief);
}

export function experiment(project: Project, name = 'main'): Experiment {
  const found = project.experiments.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no experiment ${name}`);
  return found;
}

export function stage(project: Project, name: string, of = 'main'): Stage {
  const found = experiment(project, of).stages.get(name);
  if (found === undefined)
    throw new Error(`no stage ${name}, only ${[...experiment(project, of).stages.keys()].join()}`);
  return found;
}

export function stageNames(project: Project, of = 'main'): readonly string[] {
  return [...experiment(project, of).stages.keys()];
}

/** The commands of a stage. */
export function commands(project: Project, name: string, of = 'main'): readonly string[] {
  const { action } = stage(project, name, of);
  return action.kind === 'cmd' ? action.commands : [];
}

/** The params of a `uses` stage. */
export function withOf(project: Project, name: string, of = 'main'): Json {
  const { action } = stage(project, name, of);
  return action.kind === 'uses' ? action.with : null;
}

const dataset = { kind: 'dataset', required: true };

/** Four stages as an image pipeline has them, with the features of schemas that matter to loading. */
const STAGES: Texts = {
  'pipe:stages/ingest/index.ts': '',
  'pipe:schemas/ingest.schema.json': JSON.stringify({
    type: 'object',
    additionalProperties: false,
    required: ['source'],
    properties: {
      source: { type: 'string', 'x-path': true },
      extra: { type: 'array', items: { type: 'string', 'x-path': true } },
      labels: { enum: ['folders', 'csv'], default: 'folders' },
    },
    'x-inputs': {},
    'x-outputs': { dataset: { kind: 'dataset' } },
  }),
  'pipe:stages/change/index.js': '',
  'pipe:schemas/change.schema.json': JSON.stringify({
    type: 'object',
    additionalProperties: false,
    properties: {
      copies: { type: 'integer', minimum: 0, default: 1 },
      seed: { type: 'integer' },
      clahe: { type: 'object', additionalProperties: false, properties: { tiles: { type: 'integer', default: 8 } } },
    },
    'x-inputs': { dataset },
    'x-outputs': { dataset: { kind: 'dataset' } },
  }),
  'pipe:stages/train.mjs': '',
  'pipe:schemas/train.schema.json': JSON.stringify({
    type: 'object',
    additionalProperties: false,
    properties: {
      epochs: { type: 'integer', minimum: 1, default: 10 },
      model: {
        type: 'object',
        additionalProperties: false,
        default: {},
        properties: { blocks: { type: 'integer', default: 2 } },
      },
    },
    'x-inputs': { dataset, settings: { kind: 'settings' } },
    'x-outputs': { model: { kind: 'model' }, 'metrics.json': { kind: 'metrics' } },
  }),
  'pipe:stages/evaluate/index.ts': '',
  'pipe:schemas/evaluate.schema.json': JSON.stringify({
    type: 'object',
    properties: { split: { enum: ['test', 'train'], default: 'test' } },
    'x-inputs': { dataset, model: { kind: 'model', required: true } },
    'x-outputs': { 'metrics.json': { kind: 'metrics', role: 'metrics' }, 'roc.csv': { kind: 'any', role: 'plots' } },
  }),
};
