/** Reads the pipeline and opens everything a command needs; the one place where modules are put together. */
import crypto from 'node:crypto';
import path from 'node:path';
import { BACKEND_VARIABLE } from '../base/backends.ts';
import { type Problem, warning } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { openCodeReader } from '../code/open-code-reader.ts';
import { loadIgnore } from '../config/ignore.ts';
import { loadProject } from '../config/load-project.ts';
import type { Override } from '../config/override.ts';
import { lockName } from '../config/own-places.ts';
import type { Experiment } from '../config/stage.ts';
import { diskWorld, type FileText, type World } from '../config/world.ts';
import { openExecutor } from '../execute/open-executor.ts';
import { openInputReader } from '../inputs/input-reader.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { readLock } from '../record/lock-store.ts';
import { openOwnedPaths } from '../record/owned-paths.ts';
import { openStore } from '../store/open-store.ts';
import { sparingOutputs } from './input-ignore.ts';
import { outputsBelowLinks } from './output-links.ts';
import type { Session } from './session.ts';

export interface SessionRequest {
  /** Absolute folder of the pipeline file. */
  readonly root: string;
  /** Name of the pipeline file in `root`; null: the default. */
  readonly file: string | null;
  readonly overrides: readonly Override[];
  readonly experiments: readonly string[] | 'all';
  /** Absolute folder of this program: `stages/`, `schemas/` and `dist/` lie in it. */
  readonly packageRoot: string;
  readonly threads: number;
  /** The numeric backend of stages that train; null or absent: the environment's. */
  readonly backend?: string | null;
}

export async function openSession(
  request: SessionRequest,
): Promise<Result<Session & { readonly warnings: readonly Problem[] }, readonly Problem[]>> {
  const { root, packageRoot } = request;
  const sourcesFound = new Set<string>();
  const world = noting(sourcesFound);
  const load = {
    root,
    ...(request.file === null ? {} : { file: request.file }),
    overrides: request.overrides,
    experiments: request.experiments,
    environment: process.env,
    world,
    builtinStages: path.join(packageRoot, 'stages'),
    builtinSchemas: path.join(packageRoot, 'schemas', 'stages'),
  };
  const project = loadProject(load);
  if (!project.ok) return project;
  const plan = buildPlan(project.value);
  if (!plan.ok) return plan;
  const misplaced = outputsBelowLinks(root, plan.value);
  if (misplaced.length > 0) return fail(misplaced);
  const cache = path.join(root, 'cache');
  const stateFolder = path.join(cache, 'state');
  const lockFile = lockName(project.value.file);
  const { lock, damaged } = readLock(root, lockFile);
  const run = runName();
  const workerScript = path.join(packageRoot, 'dist', 'scan-worker.cjs');
  const store = openStore({ root: cache, workerScript, threads: request.threads });
  const ignore = sparingOutputs(loadIgnore(root, project.value.dialect, world), plan.value);
  const session: Session = {
    root,
    packageRoot,
    plan: plan.value,
    readVariant(variant) {
      const read = loadProject({ ...load, experiments: [], variants: [variant] });
      return read.ok ? ok(read.value.experiments[0] as Experiment) : read;
    },
    sourcesFound,
    reader: openInputReader({
      root,
      stateFolder,
      ignore,
      threads: request.threads,
      workerScript,
      listingOf: (digest) => store.readText(digest),
    }),
    ignore,
    code: openCodeReader({ root, packageRoot, stateFolder }),
    store,
    lock,
    owned: openOwnedPaths(stateFolder),
    executor: openExecutor({
      stateFolder,
      hostScript: path.join(packageRoot, 'dist', 'stage-host.mjs'),
      root,
      warmHosts: request.threads,
      ...(typeof request.backend === 'string'
        ? { environment: { ...process.env, [BACKEND_VARIABLE]: request.backend } }
        : {}),
    }),
    run,
    logs: path.join(cache, 'logs', run),
  };
  return ok({ ...session, warnings: [...plan.value.warnings, ...(damaged ? [damagedLock(lockFile)] : [])] });
}

/** The disk as it was when first asked, with a note of what was there: a run works on one state of its files. */
function noting(found: Set<string>): World {
  const texts = new Map<string, FileText>();
  const files = new Map<string, boolean>();
  return {
    ...diskWorld,
    readText(file) {
      const text = texts.get(file) ?? diskWorld.readText(file);
      texts.set(file, text);
      if (text.kind !== 'absent') found.add(file);
      return text;
    },
    isFile(file) {
      const isFile = files.get(file) ?? diskWorld.isFile(file);
      files.set(file, isFile);
      if (isFile) found.add(file);
      return isFile;
    },
  };
}

/** Sorts by time; the random end keeps two runs of one second apart. */
function runName(): string {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `${stamp}-${crypto.randomBytes(3).toString('hex')}`;
}

function damagedLock(name: string): Problem {
  return warning('E0683', `\`${name}\` holds lines that are not its own, such as conflict markers`, {
    at: { file: name, line: 1, column: 1 },
    hint: 'nothing to do: what the store can prove is written anew',
  });
}
