/**
 * Runs one stage from scratch in a folder of its own that holds what it declares and nothing else.
 *
 * Nothing is taken from the cache but the inputs, and nothing is put into it: item results, checkpoints and outputs live in the
 * private folder. The environment is what programs generally need and what the stage declares.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { ProjectPath } from '../../base/paths.ts';
import type { Problem } from '../../base/problem.ts';
import type { StageCode } from '../../code/code-reader.ts';
import type { InputVariants, Unit } from '../../execute/executor.ts';
import { type LocalExecutor, openExecutor } from '../../execute/open-executor.ts';
import { passedOn } from '../../execute/stage-environment.ts';
import type { Artifact } from '../../inputs/artifact.ts';
import { openInputReader } from '../../inputs/input-reader.ts';
import type { Node } from '../../plan/graph.ts';
import { baseExperiment, MAIN, outputLocation } from '../../plan/locations.ts';
import { commandsOf, placeParamFiles } from '../layout.ts';
import type { Session } from '../session.ts';
import { declaredEnv, itemScope } from '../unit.ts';
import { type MadeAgain, placeInputs } from './place-inputs.ts';
import { helperPrograms } from './programs.ts';
import { sandboxLauncher, stageReads, varyingLauncher } from './sandbox.ts';
import { findUndeclaredReads, type Undeclared } from './trace.ts';
import type { Variation } from './variation.ts';

export interface ApartRequest {
  readonly session: Session;
  readonly node: Node;
  readonly code: StageCode | null;
  readonly inputs: ReadonlyMap<string, Artifact | null>;
  readonly made: MadeAgain;
  readonly variation: Variation;
  /** Only what is declared can be read. */
  readonly sandbox: boolean;
  /** Absolute, new, empty folder. */
  readonly folder: string;
  /** Gives the stage its inputs under other params of the stages before it: put in place as any input. */
  readonly inputVariants: InputVariants;
  /** Called with what ends the processes at once. */
  readonly onStart: (killNow: () => void) => void;
}

export type ApartResult =
  | { readonly kind: 'inputs-missing'; readonly problems: readonly Problem[] }
  | { readonly kind: 'cancelled' }
  | (Ran & { readonly kind: 'failed'; readonly problem: Problem })
  | (Ran & { readonly kind: 'done'; readonly outputs: ReadonlyMap<string, MadeOutput> });

interface Ran {
  readonly seconds: number;
  /** Absolute path. */
  readonly log: string;
  readonly undeclared: Undeclared;
}

export interface MadeOutput {
  /** Absolute. */
  readonly place: string;
  /** Null when the stage did not make it. */
  readonly artifact: Artifact | null;
  readonly problem: Problem | null;
}

export async function runApart(request: ApartRequest, signal: AbortSignal): Promise<ApartResult> {
  const { folder, variation } = request;
  const base = path.join(folder, 'work');
  for (const name of ['work', 'out', 'tmp', 'items', 'objects']) fs.mkdirSync(path.join(folder, name));
  const missing = await placeInputs({ ...request, base, order: variation.order });
  if (missing.length > 0) return { kind: 'inputs-missing', problems: missing };
  const trace = request.sandbox && helperPrograms().strace !== null ? path.join(folder, 'trace') : null;
  const unit = unitOf(request, base, launcherOf(request, trace));
  const executor = openFor(request, base);
  request.onStart(() => executor.killNow());
  try {
    const { outcome, seconds } = await executor.run(unit, () => {}, signal, variantsIn(request));
    if (outcome.kind === 'cancelled') return outcome;
    const undeclared = undeclaredIn(trace, request, base, unit);
    const ran = { seconds, log: unit.log, undeclared };
    if (outcome.kind === 'failed') return { ...ran, ...outcome };
    return { ...ran, kind: 'done', outputs: await readOutputs(request, unit) };
  } finally {
    await executor.close();
  }
}

/** Copies in the private folder: in a sandbox nothing else can be read. */
function variantsIn({ inputVariants, folder }: ApartRequest): InputVariants {
  let count = 0;
  return async (role, overrides) => {
    const answer = await inputVariants(role, overrides);
    if (!answer.ok) return answer;
    const place = path.join(folder, `variant-${++count}`);
    fs.cpSync(answer.path, place, { recursive: true, verbatimSymlinks: true });
    return { ...answer, path: place };
  };
}

function openFor({ session, folder }: ApartRequest, base: string): LocalExecutor {
  const { LANG: _lang, TMPDIR: _tmp, ...environment } = passedOn(process.env);
  for (const name of Object.keys(environment)) if (name.startsWith('LC_')) delete environment[name];
  return openExecutor({
    stateFolder: path.join(session.store.root, 'state'),
    hostScript: path.join(session.packageRoot, 'dist', 'stage-host.mjs'),
    root: base,
    environment: {
      ...environment,
      LANG: 'C.UTF-8',
      TMPDIR: path.join(folder, 'tmp'),
    },
  });
}

function launcherOf(
  { session, code, variation, sandbox, folder }: ApartRequest,
  trace: string | null,
): readonly string[] {
  const programs = helperPrograms();
  if (!sandbox || programs.bwrap === null) return varyingLauncher(programs, variation);
  const reads = code === null ? [] : stageReads(session.packageRoot, session.root, code.bundle);
  return sandboxLauncher({ bwrap: programs.bwrap, programs, variation, folder, project: session.root, reads, trace });
}

function unitOf(
  { session, node, code, variation, folder }: ApartRequest,
  base: string,
  launcher: readonly string[],
): Unit {
  const { stage, experiment } = node;
  const log = path.join(folder, 'log');
  const names = { PIPE_STAGE: stage.name, PIPE_EXPERIMENT: baseExperiment(experiment) };
  const isDvc = session.plan.project.dialect === 'dvc';
  const env = {
    TZ: variation.timeZone,
    ...declaredEnv(stage.env),
    ...names,
    ...(isDvc ? { DVC_ROOT: base, DVC_STAGE: stage.name } : {}),
  };
  const { action } = stage;
  if (action.kind === 'cmd') {
    placeParamFiles(session.root, base, action);
    const cwd = path.join(base, action.wdir);
    fs.mkdirSync(cwd, { recursive: true });
    for (const output of stage.outs)
      fs.mkdirSync(path.dirname(path.join(base, outputLocation(MAIN, stage, output))), { recursive: true });
    return { kind: 'cmd', commands: commandsOf(node, action), cwd, env, launcher, log };
  }
  return {
    kind: 'uses',
    bundle: code?.bundle ?? action.entry,
    params: action.with,
    inputs: Object.fromEntries(node.inputs.map((input) => [input.name, path.join(base, input.mainPath)])),
    outputs: Object.fromEntries(stage.outs.map(({ name }) => [name, path.join(folder, 'out', name)])),
    items: path.join(folder, 'items', itemScope(code?.modules ?? {}, code?.packages ?? {}, stage.env)),
    checkpoints: path.join(folder, 'checkpoints'),
    threads: stage.resources.cpus + variation.extraThreads,
    env,
    launcher,
    log,
  };
}

async function readOutputs({ node, folder, session }: ApartRequest, unit: Unit): Promise<Map<string, MadeOutput>> {
  const reader = openInputReader({
    root: folder,
    stateFolder: path.join(folder, 'state'),
    ignore: null,
    threads: 1,
    workerScript: path.join(session.packageRoot, 'dist', 'scan-worker.cjs'),
  });
  const outputs = new Map<string, MadeOutput>();
  for (const output of node.stage.outs) {
    const inFolder =
      unit.kind === 'cmd' ? path.posix.join('work', outputLocation(MAIN, node.stage, output)) : `out/${output.name}`;
    const read = await reader.read(inFolder as ProjectPath);
    outputs.set(output.name, {
      place: path.join(folder, inFolder),
      artifact: read.ok ? read.value : null,
      problem: read.ok ? null : { ...read.failure, stage: node.stage.name },
    });
  }
  return outputs;
}

const NOTHING: Undeclared = { reads: [], connections: [] };

function undeclaredIn(trace: string | null, { session, folder }: ApartRequest, base: string, unit: Unit): Undeclared {
  if (trace === null || !fs.existsSync(trace)) return NOTHING;
  const cwd = unit.kind === 'cmd' ? unit.cwd : base;
  const project = session.root;
  const found = findUndeclaredReads(fs.readFileSync(trace, 'utf8'), { base, folder, project, cwd, outside });
  if (unit.kind === 'cmd') return found;
  // Node itself looks for these when it resolves a package; the bundle of a stage is a module whatever they say.
  return { ...found, reads: found.reads.filter((each) => path.basename(each) !== 'package.json') };
}

function outside(place: string): 'file' | 'folder' | null {
  try {
    const stats = fs.statSync(place);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : null;
  } catch {
    return null;
  }
}
