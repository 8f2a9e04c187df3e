/**
 * From the text of a pipeline file to a Project: every reference, template, variant and default resolved.
 *
 * The way is straight: read the file, check its shape, read params, then for each experiment put its values in, expand,
 * read each stage by itself, and link the stages. All problems of a file are reported at once, in file order; a stage that
 * has one is left out of later steps, so that one mistake is one message.
 */
import path from 'node:path';
import { type ProjectPath, projectPath } from '../base/paths.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { DataFiles, readDataFile } from './data-file.ts';
import { MAIN, readExperiments, selectExperiments, type WrittenExperiment } from './experiments.ts';
import type { Override } from './override.ts';
import { ParamValues, paramSources } from './param-values.ts';
import { checkShape, type Dialect } from './pipeline-shape.ts';
import { ProblemList } from './problem-list.ts';
import { readRecorded } from './recorded-experiments.ts';
import { resolveExperiment } from './resolve-experiment.ts';
import type { Project } from './stage.ts';
import { type OverrideContext, readOverrides } from './stage-overrides.ts';
import { StageTypes } from './stage-type.ts';
import { type MapTree, mapTree, member } from './tree.ts';
import { diskWorld, RecordingWorld, type World } from './world.ts';

export interface LoadRequest {
  /** Absolute path of the project folder. */
  readonly root: string;
  /** Relative to the root. Without it: `pipeline.yaml`, or `dvc.yaml` when only that exists. */
  readonly file?: string;
  /** From the command line; they win over those of experiments. */
  readonly overrides?: readonly Override[];
  /** `main` alone by default. */
  readonly experiments?: readonly string[] | 'all';
  /** Resolved after them: an experiment under further values, which win over all others. */
  readonly variants?: readonly Variant[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute folders of the stages and stage schemas that come with the runner. */
  readonly builtinStages: string;
  readonly builtinSchemas: string;
  readonly world?: World;
}

/** An experiment under further values: what a stage asks its inputs for. */
export interface Variant {
  readonly name: string;
  readonly base: string;
  readonly overrides: readonly Override[];
}

export function loadProject(request: LoadRequest): Result<Project, readonly Problem[]> {
  const world = new RecordingWorld(request.world ?? diskWorld);
  const opened = openFile(request, world);
  if (!opened.ok) return opened;
  const { file, dialect, tree } = opened.value;
  const problems = new ProblemList(file);
  const folder = (path.posix.dirname(file) === '.' ? '.' : path.posix.dirname(file)) as ProjectPath;
  const faulty = checkShape(tree, dialect, problems);
  const files = new DataFiles(request.root, world, problems);
  const types = new StageTypes(request, world, problems);
  const section = (name: string) => (faulty.sections.has(name) ? undefined : member(tree, name));
  const stages = asMap(section('stages'), tree);
  const sources = paramSources(dialect === 'pipe' ? section('params') : undefined, folder, files, problems);
  const passedOn = new Set<string>();
  const values = new ParamValues(sources, files);
  const overrideContext = { stages, folder, values, params: values.merged(), types, problems };
  const experiments = new Map(
    readExperiments(dialect === 'pipe' ? section('experiments') : undefined, overrideContext.params, problems),
  );
  const recorded = dialect === 'pipe' ? readRecorded(world, request.root, file) : new Map<string, WrittenExperiment>();
  for (const [name, each] of recorded) {
    if (experiments.has(name) || (!isAsked(request, name) && !stillFits(each, overrideContext))) continue;
    experiments.set(name, each);
  }
  const given = readOverrides(request.overrides ?? [], overrideContext, null);
  const read = new Map(
    [...experiments.values()].map((each) => [each.name, readOverrides(each.overrides, overrideContext, each.name)]),
  );
  const chosen = selectExperiments(request.experiments ?? [MAIN], experiments, problems);
  const variants = (request.variants ?? []).map(({ name, base, overrides }) => ({
    name,
    base,
    further: readOverrides(overrides, overrideContext, base),
  }));
  const plain = chosen.map(({ name }) => ({ name, base: name, further: [] }));
  const resolved = [...plain, ...variants].map(({ name, base, further }) =>
    resolveExperiment({
      name,
      overrides: [...(read.get(base) ?? []), ...given, ...further],
      dialect,
      file,
      folder,
      stages,
      vars: section('vars'),
      sources,
      files,
      types,
      faultyStages: faulty.stages,
      environment: request.environment,
      passedOn: (variable) => void passedOn.add(variable),
      problems,
    }),
  );
  const errors = problems.errors();
  if (errors.length > 0) return fail([...errors, ...problems.warnings()]);
  return ok({
    file,
    dialect,
    experiments: resolved,
    experimentNames: [...new Set([...experiments.keys(), ...recorded.keys()])],
    definitions: experiments,
    sources: world.sources(),
    environment: [...passedOn].sort(),
    warnings: problems.warnings(),
  });
}

function isAsked(request: LoadRequest, name: string): boolean {
  return Array.isArray(request.experiments) && request.experiments.includes(name);
}

/** A kept experiment whose paths the pipeline has no more is no mistake of the file: it is passed over until asked for. */
function stillFits({ name, overrides }: WrittenExperiment, context: OverrideContext): boolean {
  const problems = new ProblemList('');
  readOverrides(overrides, { ...context, problems }, name);
  return problems.errorCount === 0;
}

function asMap(stages: ReturnType<typeof member>, file: MapTree): MapTree {
  return stages?.kind === 'map' ? stages : mapTree(new Map(), file.at);
}

interface OpenedFile {
  readonly file: ProjectPath;
  readonly dialect: Dialect;
  readonly tree: MapTree;
}

function openFile(request: LoadRequest, world: World): Result<OpenedFile, readonly Problem[]> {
  const name = request.file ?? defaultFile(request.root, world);
  const file = projectPath(name);
  if (!file.ok) {
    const expected = 'a path inside the project';
    return fail([problem('E0101', `pipeline file \`${name}\` lies outside the project`, { expected, path: name })]);
  }
  const read = readDataFile(world, path.join(request.root, file.value), file.value);
  if (!read.ok) return read;
  if (read.value === null) {
    const hint = request.file === undefined ? 'make one with `pipe init`' : 'check the name given with `--file`';
    return fail([problem('E0101', `there is no \`${file.value}\` in \`${request.root}\``, { hint, path: file.value })]);
  }
  const dialect = /(^|[./])dvc\.ya?ml$/.test(file.value) ? 'dvc' : 'pipe';
  const tree = read.value;
  if (tree.kind === 'map') return ok({ file: file.value, dialect, tree });
  if (tree.kind === 'scalar' && tree.value === null)
    return ok({ file: file.value, dialect, tree: mapTree(new Map(), tree.at) });
  const at = tree.at ?? { file: file.value, line: 1, column: 1 };
  return fail([problem('E0201', `\`${file.value}\` holds no fields`, { at, expected: 'a map with `stages`' })]);
}

function defaultFile(root: string, world: World): string {
  const hasOwn = world.isFile(path.join(root, 'pipeline.yaml'));
  return !hasOwn && world.isFile(path.join(root, 'dvc.yaml')) ? 'dvc.yaml' : 'pipeline.yaml';
}
