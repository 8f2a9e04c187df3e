/** Small pipelines made in memory, for tests of what works on plans. */
import type { ProjectPath } from '../../src/base/paths.ts';
import type { Dependency, Experiment, FromInput, Output, Project, Stage } from '../../src/config/stage.ts';
import { buildPlan } from '../../src/plan/build-plan.ts';
import type { Plan } from '../../src/plan/graph.ts';

const AT = { file: 'pipeline.yaml', line: 1, column: 1 };

export interface StageSketch {
  readonly cmd?: string;
  readonly deps?: readonly string[];
  readonly outs?: readonly string[];
  readonly from?: Readonly<Record<string, string>>;
  readonly frozen?: boolean;
  readonly cpus?: number;
}

/** A command stage; `from` values are `stage:output`. */
export function stage(name: string, sketch: StageSketch = {}): Stage {
  return {
    name,
    group: name.split('@')[0] as string,
    at: AT,
    action: { kind: 'cmd', commands: [sketch.cmd ?? `make ${name}`], wdir: '.' as ProjectPath, params: [] },
    from: Object.fromEntries(
      Object.entries(sketch.from ?? {}).map(([role, source]): [string, FromInput] => {
        const [producer, output] = source.split(':');
        return [role, { stage: producer as string, output: output as string, at: AT }];
      }),
    ),
    deps: (sketch.deps ?? []).map((each): Dependency => ({ path: each as ProjectPath, role: 'dep', at: AT })),
    outs: (sketch.outs ?? []).map(output),
    env: {},
    resources: { cpus: sketch.cpus ?? 1, memoryBytes: 0, gpus: 0 },
    frozen: sketch.frozen ?? false,
    alwaysChanged: false,
  };
}

export function output(path: string): Output {
  return { name: path, path: path as ProjectPath, role: 'artifact', cache: true, persist: false, at: AT };
}

export function experiment(name: string, stages: readonly Stage[]): Experiment {
  return { name, params: {}, stages: new Map(stages.map((each) => [each.name, each])), skipped: new Map() };
}

export function project(...experiments: readonly Experiment[]): Project {
  return {
    file: 'pipeline.yaml' as ProjectPath,
    dialect: 'pipe',
    experiments,
    experimentNames: experiments.map((each) => each.name),
    definitions: new Map(),
    sources: [],
    environment: [],
    warnings: [],
  };
}

/** The plan of one experiment `main` with these stages. */
export function planOf(...stages: readonly Stage[]): Plan {
  const plan = buildPlan(project(experiment('main', stages)));
  if (!plan.ok) throw new Error(plan.failure.map((each) => each.message).join('; '));
  return plan.value;
}
