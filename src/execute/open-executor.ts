/**
 * The executor for this machine: commands in shells, stages in hosts.
 *
 * What it starts, it ends: after an abort, at close, and, through the guard and the runner's record, when it is killed.
 */
import type { Execution, Executor, InputVariants, Progress, Unit } from './executor.ts';
import { type OomKills, watchOomKills } from './oom-kills.ts';
import { openProcessTable, type ProcessTable } from './process-table.ts';
import { runCommands } from './run-commands.ts';
import { findShell } from './shell.ts';
import { openStageHosts, type StageHosts } from './stage-hosts.ts';

export { endLeftovers } from './leftovers.ts';

export interface ExecutorOptions {
  /** Absolute folder that may be deleted when nothing runs: who runs what is noted there. */
  readonly stateFolder: string;
  /** Absolute path of the bundled `stage-host.ts`. */
  readonly hostScript: string;
  /** Absolute folder of the project: stages run there. */
  readonly root: string;
  /** How many stage processes are kept for the next unit: as many as units run at once. */
  readonly warmHosts?: number;
  /** The environment that units start from; the runner's own by default. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Time between TERM and KILL. */
  readonly graceMs?: number;
}

export interface LocalExecutor extends Executor {
  /** Cancels what runs, without grace: for the second interrupt. */
  killNow(): void;
}

const GRACE_MS = 5000;
const WARM_HOSTS = 2;

export function openExecutor(options: ExecutorOptions): LocalExecutor {
  const { stateFolder, hostScript, root, warmHosts = WARM_HOSTS, graceMs = GRACE_MS } = options;
  const { environment = process.env } = options;
  const all = new AbortController();
  const running = new Set<Promise<Execution>>();
  let opened: Opened | null = null;

  /** Nothing is looked up or started before there is something to run. */
  function open(): Opened {
    if (opened !== null) return opened;
    const table = openProcessTable(stateFolder, graceMs);
    const oomKills = watchOomKills();
    const { BASH_ENV: _bash, ENV: _posix, ...env } = environment;
    const shell = findShell(env.PATH ?? '');
    const hosts = openStageHosts({ table, oomKills, hostScript, root, warmHosts, environment });
    opened = { table, oomKills, hosts, commands: { table, shell, env, oomKills } };
    return opened;
  }

  async function run(
    unit: Unit,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
    inputVariants?: InputVariants,
  ): Promise<Execution> {
    const { hosts, commands } = open();
    const either = AbortSignal.any([signal, all.signal]);
    const execution =
      unit.kind === 'cmd'
        ? runCommands(commands, unit, either)
        : hosts.run(unit, onProgress, either, inputVariants ?? refuseVariants);
    running.add(execution);
    return execution.finally(() => running.delete(execution));
  }

  function killNow(): void {
    opened?.table.hurry();
    all.abort();
  }

  async function close(): Promise<void> {
    all.abort();
    await Promise.allSettled(running);
    await opened?.hosts.close();
    opened?.table.close();
    opened = null;
  }

  return { run, killNow, close };
}

const refuseVariants: InputVariants = async () => ({
  ok: false,
  code: 'E1033',
  message: 'this run makes no variants of inputs',
});

interface Opened {
  readonly table: ProcessTable;
  readonly oomKills: OomKills;
  readonly hosts: StageHosts;
  readonly commands: Parameters<typeof runCommands>[0];
}
