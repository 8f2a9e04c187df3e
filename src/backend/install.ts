/**
 * Installs an optional backend: fetches its packages, gives it a native addon, and tries it before putting it in place.
 *
 * Packages' own install scripts run only where their work is wanted, and by name: package managers hide their failures for
 * optional packages, and wait without limit for a network that never answers. Whether it worked is decided by taking a
 * training step, never by an exit code.
 */
import fs from 'node:fs';
import path from 'node:path';
import { BACKEND_PACKAGES, type OptionalBackend } from '../base/backends.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { buildAddon } from './build-addon.ts';
import { beginBuilding } from './install-folder.ts';
import type { Probe, Prober } from './probe.ts';
import { findTensorflow } from './python-tensorflow.ts';
import { type ProgramEnd, type ProgramOptions, runProgram, spokenLines, tookTooLong } from './run-program.ts';

export interface InstallRequest {
  readonly name: OptionalBackend;
  /** Absolute folder of all optional backends. */
  readonly backends: string;
  /** Builds the addon against the TensorFlow of this Python; null: the package fetches its own library. */
  readonly python: string | null;
  readonly threads: number;
  /** Of each step. */
  readonly timeoutMs: number;
  readonly onStep: (text: string) => void;
  /** The last lines of a program that failed. */
  readonly onFailure: (output: string) => void;
}

export interface Installed {
  /** Absolute folder. */
  readonly folder: string;
  /** What came of trying it: it may need a device this machine does not have. */
  readonly probe: Probe;
}

/** Node's addon headers, without looking for a Node that was installed with them. */
const HEADERS = { 'node-api-headers': '1.9.0' };
/** Arguments of the packages' own install scripts, as their package.json has them. */
const INSTALL_ARGUMENTS = { tensorflow: [], gpu: ['gpu', 'download'] } as const;
const SHOWN_LINES = 6;

export async function installBackend(
  request: InstallRequest,
  prober: Prober,
  signal: AbortSignal,
): Promise<Result<Installed, Problem>> {
  const building = beginBuilding(request.backends, request.name);
  try {
    const options = { cwd: building.folder, timeoutMs: request.timeoutMs, signal };
    const made = await makeFiles(request, options);
    if (!made.ok) return made;
    request.onStep('taking a training step whose result is known');
    const { threads, timeoutMs } = request;
    const probe = await prober.probe(
      request.name,
      { threads, timeoutMs, measure: true, folder: building.parent },
      signal,
    );
    // Without a device it is installed all the same: the image of a machine is often made on another one.
    if (!probe.usable && probe.problem.code !== 'E1158') return fail(probe.problem);
    return ok({ folder: building.publish(), probe });
  } finally {
    building.discard();
  }
}

async function makeFiles(request: InstallRequest, options: ProgramOptions): Promise<Result<null, Problem>> {
  const { name, python, onStep } = request;
  const tensorflow = python === null || name === 'webgpu' ? ok(null) : await findTensorflow(python, options);
  if (!tensorflow.ok) return tensorflow;
  const packages = { ...BACKEND_PACKAGES[name], ...(tensorflow.value === null ? {} : HEADERS) };
  onStep(`fetching ${Object.keys(packages).join(', ')}`);
  const fetched = await fetchPackages(packages, request, options);
  if (!fetched.ok || name === 'webgpu') return fetched;
  const modules = path.join(options.cwd, 'node_modules');
  const folder = path.join(modules, ...(Object.keys(BACKEND_PACKAGES[name])[0] ?? '').split('/'));
  if (tensorflow.value === null) {
    onStep('fetching the native library');
    return runInstallScript(folder, modules, INSTALL_ARGUMENTS[name], request, options);
  }
  onStep(`building the addon against ${tensorflow.value.libraries}`);
  return buildAddon(folder, path.join(modules, 'node-api-headers', 'include'), tensorflow.value, options);
}

async function fetchPackages(
  packages: Readonly<Record<string, string>>,
  request: InstallRequest,
  options: ProgramOptions,
): Promise<Result<null, Problem>> {
  fs.writeFileSync(
    path.join(options.cwd, 'package.json'),
    `${JSON.stringify({ private: true, dependencies: packages })}\n`,
  );
  const args = ['install', '--prefix', options.cwd, '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  const ended = await runProgram('npm', [...args, '--loglevel=error'], options);
  const missing = Object.keys(packages).filter((each) => !fs.existsSync(path.join(options.cwd, 'node_modules', each)));
  if (ended.kind === 'done' && missing.length === 0) return ok(null);
  return fail(stepProblem('`npm install`', ended, request, options));
}

/** Downloads TensorFlow's library and the addon made for it. */
async function runInstallScript(
  folder: string,
  modules: string,
  args: readonly string[],
  request: InstallRequest,
  options: ProgramOptions,
): Promise<Result<null, Problem>> {
  const search = [path.join(modules, '.bin'), process.env.PATH ?? ''].join(path.delimiter);
  const ended = await runProgram(process.execPath, [path.join('scripts', 'install.js'), ...args], {
    ...options,
    cwd: folder,
    env: { PATH: search },
  });
  if (ended.kind === 'done') return ok(null);
  const hint = `pipe backend install ${request.name} --python python3   (fetches no native library)`;
  return fail(stepProblem("the package's install script", ended, request, options, hint));
}

/** @param hint  what does not need this step. */
function stepProblem(
  what: string,
  ended: ProgramEnd,
  request: InstallRequest,
  options: ProgramOptions,
  hint?: string,
): Problem {
  if (ended.kind === 'timed-out') return tookTooLong(what, options, hint);
  if (ended.kind === 'aborted') return problem('E1154', 'the installation was interrupted; nothing was changed');
  if (ended.kind === 'not-found') {
    return problem('E1154', 'there is no `npm` to fetch packages with', { hint: 'install npm; it comes with Node' });
  }
  const words = spokenLines(ended.output);
  if (words.length > 0) request.onFailure(words.slice(-SHOWN_LINES).join('\n'));
  const reason = words.find((line) => /^\w*Error:/.test(line)) ?? words.find((line) => /error|fail/i.test(line));
  return problem('E1154', `${what} failed${reason === undefined ? '' : `: ${reason}`}`, {
    ...(hint === undefined ? {} : { hint }),
  });
}
