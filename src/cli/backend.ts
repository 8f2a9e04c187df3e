/** `pipe backend`: which numeric backends there are, why not the others, and how fast each is; installs optional ones. */
import os from 'node:os';
import { installBackend } from '../backend/install.ts';
import { backendsFolder } from '../backend/install-folder.ts';
import { openProber, type Probe, type Prober } from '../backend/probe.ts';
import {
  AUTO_ORDER,
  BACKEND_CHOICES,
  BACKEND_PACKAGES,
  BACKEND_VARIABLE,
  BACKENDS,
  isBackendChoice,
  type OptionalBackend,
} from '../base/backends.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { backendFooter, backendHeading, backendRow, speedText } from '../report/backend-text.ts';
import { jsonLine } from '../report/json-lines.ts';
import { createPaint } from '../report/paint.ts';
import { renderProblems } from '../report/problem-text.ts';
import { wantsColor } from '../report/process-reporter.ts';
import type { CommandContext, CommandRun, ExitCode } from './command.ts';
import { interruptible } from './interrupt.ts';

const PROBE_TIMEOUT_MS = 60_000;
const INSTALL_TIMEOUT_S = 600;
const COLUMNS = 80;

export const backend: CommandRun = async (context) => {
  const [verb, name, ...more] = context.operands;
  if (verb !== undefined && (verb !== 'install' || !isOptional(name) || more.length > 0))
    return fail([wrongOperands()]);
  const named = process.env[BACKEND_VARIABLE] || 'auto';
  if (!isBackendChoice(named)) return fail([unknownBackend(named)]);
  const prober = await openProber(context.root, context.packageRoot);
  const interrupt = interruptible(() => {});
  try {
    if (isOptional(name)) return await install(context, name, prober, interrupt.signal);
    return await list(context, named, prober, interrupt.signal);
  } finally {
    interrupt.release();
    prober.close();
  }
};

async function list(
  { options }: CommandContext,
  named: string,
  prober: Prober,
  signal: AbortSignal,
): Promise<Result<ExitCode, readonly Problem[]>> {
  const { json, quiet, noColor } = options;
  const paint = createPaint(wantsColor(process.stdout.isTTY === true, noColor));
  const columns = process.stdout.columns ?? COLUMNS;
  const probes: Probe[] = [];
  const threads = os.availableParallelism();
  const shown = !json && !quiet;
  if (shown) process.stdout.write(backendHeading(paint));
  for (const name of BACKENDS) {
    const probe = await prober.probe(name, { threads, timeoutMs: PROBE_TIMEOUT_MS, measure: true }, signal);
    if (signal.aborted) return ok<ExitCode>(130);
    probes.push(probe);
    if (json) process.stdout.write(jsonLine({ event: 'backend', ...probe }));
    else if (shown) process.stdout.write(backendRow(probe, columns, paint));
  }
  const chosen = named === 'auto' ? chooseAuto(probes) : named;
  if (json) process.stdout.write(jsonLine({ event: 'backends', chosen }));
  else if (shown) process.stdout.write(backendFooter(chosen, named !== 'auto', threads));
  return ok<ExitCode>(0);
}

async function install(
  { options, root, packageRoot }: CommandContext,
  name: OptionalBackend,
  prober: Prober,
  signal: AbortSignal,
): Promise<Result<ExitCode, readonly Problem[]>> {
  const { json, quiet } = options;
  const startMs = performance.now();
  const request = {
    name,
    backends: backendsFolder(root, packageRoot, process.env),
    python: options.python,
    threads: os.availableParallelism(),
    timeoutMs: (options.timeout ?? INSTALL_TIMEOUT_S) * 1000,
    onStep: (text: string) => {
      if (!json && !quiet) process.stderr.write(`${text} …\n`);
    },
    onFailure: (output: string) => {
      if (!json && !quiet) process.stderr.write(`${output}\n\n`);
    },
  };
  const installed = await installBackend(request, prober, signal);
  if (signal.aborted) return ok<ExitCode>(130);
  if (!installed.ok) return fail([installed.failure]);
  const { folder, probe } = installed.value;
  const seconds = (performance.now() - startMs) / 1000;
  if (json) process.stdout.write(jsonLine({ event: 'backend-installed', folder, seconds, ...probe }));
  else if (!quiet) process.stdout.write(installedText(name, folder, probe));
  if (!json && !probe.usable) {
    const paint = createPaint(wantsColor(process.stderr.isTTY === true, options.noColor));
    process.stderr.write(renderProblems([{ ...probe.problem, severity: 'warning' }], () => null, paint));
  }
  return ok<ExitCode>(0);
}

function installedText(name: string, folder: string, probe: Probe): string {
  const speed =
    probe.usable && probe.imagesPerSecond !== null
      ? `, ${speedText(probe.imagesPerSecond)} images/s on ${probe.provenance.device}`
      : '';
  return `${name} is installed${speed}\n  ${folder}\n\nuse: pipe run --backend ${name}\n`;
}

function chooseAuto(probes: readonly Probe[]): string | null {
  const fits = (name: string) => probes.some((each) => each.name === name && each.usable && !each.isEmulated);
  return AUTO_ORDER.find(fits) ?? null;
}

function isOptional(name: string | undefined): name is OptionalBackend {
  return name !== undefined && Object.keys(BACKEND_PACKAGES).includes(name);
}

function wrongOperands(): Problem {
  return problem('E0905', '`pipe backend` takes nothing, or `install` and the name of an optional backend', {
    expected: Object.keys(BACKEND_PACKAGES)
      .map((each) => `\`install ${each}\``)
      .join(', '),
    hint: 'pipe backend install tensorflow',
  });
}

function unknownBackend(name: string): Problem {
  return problem('E1150', `\`${BACKEND_VARIABLE}\` is \`${name}\``, {
    expected: `one of ${BACKEND_CHOICES.map((each) => `\`${each}\``).join(', ')}`,
    hint: `unset ${BACKEND_VARIABLE}`,
  });
}
