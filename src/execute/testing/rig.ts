/** For tests: a temporary folder, an executor in it, and looks at the processes that carry a mark. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { CommandUnit, Execution, Progress, StageUnit, Unit } from '../executor.ts';
import { type ExecutorOptions, openExecutor } from '../open-executor.ts';
import { processesMarked } from '../proc.ts';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));
const LONGEST_WAIT_MS = 20_000;

export interface Rig {
  readonly root: string;
  /** In the environment of everything this rig's units start. */
  readonly mark: string;
  file(name: string): string;
  write(name: string, text: string): string;
  read(name: string): string;
  command(commands: string | readonly string[], more?: Partial<CommandUnit>): CommandUnit;
  stage(code: string, more?: Partial<StageUnit>): Promise<StageUnit>;
  /** Processes that still run. */
  left(): number[];
  remove(): void;
}

export function openRig(): Rig {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'execute-')));
  const mark = path.basename(root);
  const file = (name: string): string => path.join(root, name);
  const write = (name: string, text: string): string => {
    mkdirSync(path.dirname(file(name)), { recursive: true });
    writeFileSync(file(name), text);
    return file(name);
  };
  const command: Rig['command'] = (commands, more = {}) => ({
    kind: 'cmd',
    commands: typeof commands === 'string' ? [commands] : commands,
    cwd: root,
    env: { RIG: mark },
    log: file('log'),
    ...more,
  });
  let bundles = 0;
  const stage: Rig['stage'] = async (code, more = {}) => {
    const digest = `${++bundles}`.padStart(64, '0');
    const entry = write(`stages/${bundles}.ts`, code);
    const bundle = file(`code/${digest}.mjs`);
    const options = { bundle: true, format: 'esm', platform: 'node', sourcemap: 'external' } as const;
    await build({ entryPoints: [entry], outfile: bundle, absWorkingDir: root, ...options });
    return {
      kind: 'uses',
      bundle,
      params: {},
      inputs: {},
      outputs: {},
      items: file('items'),
      checkpoints: file('checkpoints'),
      threads: 1,
      env: { RIG: mark },
      log: file('log'),
      ...more,
    };
  };
  return {
    root,
    mark,
    file,
    write,
    read: (name) => readFileSync(file(name), 'utf8'),
    command,
    stage,
    left: () => processesMarked(`RIG=${mark}\0`),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Bundles a main module of `src/execute` so that Node can run it. */
export async function bundleMain(name: string, folder: string): Promise<string> {
  const outfile = path.join(folder, name.replace(/\.ts$/, '.mjs'));
  await build({ entryPoints: [path.join(SOURCES, name)], outfile, bundle: true, format: 'esm', platform: 'node' });
  return outfile;
}

/** Runs one unit in an executor of its own. */
export async function runOnce(
  rig: Rig,
  unit: Unit,
  options: Partial<ExecutorOptions> & { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
): Promise<Execution> {
  const { signal = new AbortController().signal, onProgress = () => {}, ...rest } = options;
  const executor = openExecutor({ stateFolder: rig.file('state'), hostScript: '', root: rig.root, ...rest });
  try {
    return await executor.run(unit, onProgress, signal);
  } finally {
    await executor.close();
  }
}

/** Waits until a condition holds; fails when it never does. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + LONGEST_WAIT_MS;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function untilFile(file: string): Promise<void> {
  await until(`${file} exists`, () => existsSync(file));
}
