/** `pipe`: reads the command line, finds the project, calls one command, prints its problems, sets the exit code. */
import fs from 'node:fs';
import path from 'node:path';
import type { Problem } from '../base/problem.ts';
import { jsonLine } from '../report/json-lines.ts';
import { createPaint } from '../report/paint.ts';
import { renderProblems } from '../report/problem-text.ts';
import { wantsColor } from '../report/process-reporter.ts';
import { createReadLine } from '../report/source-lines.ts';
import { diskProblems } from '../run/disk-problem.ts';
import { parseCommandLine } from './args.ts';
import type { CommandContext, CommandRun, ExitCode } from './command.ts';
import type { CommandName } from './commands.ts';
import { findProject, packageRoot } from './places.ts';

/** Loaded when called: a command pays only for what it uses. */
const COMMANDS: Readonly<Record<CommandName, () => Promise<CommandRun>>> = {
  run: async () => (await import('./run.ts')).run,
  status: async () => (await import('./status.ts')).status,
  why: async () => (await import('./why.ts')).why,
  log: async () => (await import('./log.ts')).log,
  dag: async () => (await import('./dag.ts')).dag,
  diff: async () => (await import('./diff.ts')).diff,
  table: async () => (await import('./table.ts')).table,
  search: async () => (await import('./search.ts')).search,
  exp: async () => (await import('./exp.ts')).exp,
  report: async () => (await import('./report.ts')).report,
  checkout: async () => (await import('./checkout.ts')).checkout,
  gc: async () => (await import('./gc.ts')).gc,
  watch: async () => (await import('./watch.ts')).watch,
  init: async () => (await import('./init.ts')).init,
  types: async () => (await import('./types.ts')).types,
  backend: async () => (await import('./backend.ts')).backend,
  backbone: async () => (await import('./backbone.ts')).backbone,
  verify: async () => (await import('./verify.ts')).verify,
  completion: async () => (await import('./completion.ts')).completion,
};

export async function main(argv: readonly string[]): Promise<void> {
  // A reader that went away (`pipe run --json | head`) is no error, and no reason to stop the work.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  // If Node ever runs out of things to wait for before the command has ended, that is no success.
  process.exitCode = 1;
  process.exitCode = await exitCodeOf(argv);
}

async function exitCodeOf(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseCommandLine(argv);
  const asJson = argv.includes('--json');
  if (!parsed.ok) return tellProblems(parsed.failure, process.cwd(), asJson, argv.includes('--no-color'));
  const invocation = parsed.value;
  if (invocation.kind === 'version') {
    const { version } = JSON.parse(fs.readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as {
      version: string;
    };
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (invocation.kind === 'help') {
    const { commandHelp, generalHelp } = await import('./help.ts');
    process.stdout.write(invocation.command === null ? generalHelp() : commandHelp(invocation.command));
    return 0;
  }
  const { command, operands, options } = invocation;
  const { root, file } = findProject(process.cwd(), options.file);
  const context: CommandContext = { argv, operands, options, root, file, packageRoot: packageRoot() };
  try {
    const run = await COMMANDS[command]();
    const result = await run(context);
    return result.ok ? result.value : tellProblems(result.failure, root, asJson, options.noColor);
  } catch (error) {
    const problems = diskProblems(error);
    if (problems === null) throw error;
    return tellProblems(problems, root, asJson, options.noColor);
  }
}

function tellProblems(problems: readonly Problem[], root: string, asJson: boolean, noColor: boolean): ExitCode {
  const paint = createPaint(wantsColor(process.stderr.isTTY === true, noColor));
  const readLine = createReadLine(root);
  if (asJson) for (const problem of problems) process.stdout.write(jsonLine({ event: 'problem', problem }));
  else process.stderr.write(renderProblems(problems, readLine, paint));
  if (asJson)
    process.stdout.write(jsonLine({ event: 'summary', status: 'failed', experiment: 'main', stages: {}, seconds: 0 }));
  return 2;
}
