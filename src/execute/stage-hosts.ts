/**
 * Processes that host stages: started when needed, kept warm for the next unit of the same bundle.
 *
 * A host whose unit failed or was cancelled is ended: what its modules hold is not to be trusted. Idle hosts do not keep
 * the runner alive.
 */
import { closeSync } from 'node:fs';
import { canonicalJson } from '../base/json.ts';
import type { HostMessage, RunnerAnswer } from '../sdk/protocol.ts';
import type { Execution, InputVariants, Outcome, Progress, StageUnit } from './executor.ts';
import type { HostRequest } from './host-messages.ts';
import type { OomKills } from './oom-kills.ts';
import type { Ending, ProcessTable, Started } from './process-table.ts';
import { logProblem, openLog } from './run-commands.ts';
import { isUnitVariable, passedOn } from './stage-environment.ts';
import { crashProblem, reportedProblem } from './stage-failure.ts';

export interface HostOptions {
  readonly table: ProcessTable;
  readonly oomKills: OomKills;
  /** Absolute path of the bundled `stage-host.ts`. */
  readonly hostScript: string;
  /** Absolute folder of the project: the working folder of stages. */
  readonly root: string;
  /** Hosts alive at one time, apart from those that more units at once need. */
  readonly warmHosts: number;
  /** What programs generally need is taken from it. */
  readonly environment: NodeJS.ProcessEnv;
}

export interface StageHosts {
  run(
    unit: StageUnit,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
    inputVariants: InputVariants,
  ): Promise<Execution>;
  close(): Promise<void>;
}

interface Host {
  readonly started: Started;
  /** Units with this key can use it: bundle, and variables that count from the start of a process. */
  readonly key: string;
}

export function openStageHosts(options: HostOptions): StageHosts {
  const { table, oomKills, root } = options;
  const environment = passedOn(options.environment);
  /** Oldest first. */
  const idle: Host[] = [];
  let busy = 0;

  async function take(unit: StageUnit, log: number): Promise<Host> {
    const processEnv = { ...environment, ...unit.env };
    for (const name of Object.keys(processEnv)) if (isUnitVariable(name)) delete processEnv[name];
    const command = [...(unit.launcher ?? []), process.execPath, options.hostScript];
    const key = canonicalJson([unit.bundle, processEnv, command]);
    const found = idle.findIndex((host) => host.key === key);
    const warm = found < 0 ? undefined : idle.splice(found, 1)[0];
    if (warm !== undefined) {
      hold(warm);
      return warm;
    }
    while (idle.length > 0 && idle.length + busy > options.warmHosts) await retire(idle.shift());
    const started = table.start(table.newToken(), command[0] as string, command.slice(1), {
      cwd: root,
      env: processEnv,
      stdio: ['ignore', log, log, 'ipc'],
    });
    const host = { started, key };
    void started.ended.then(() => {
      const position = idle.indexOf(host);
      if (position >= 0) idle.splice(position, 1);
    });
    return host;
  }

  async function run(
    unit: StageUnit,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
    inputVariants: InputVariants,
  ): Promise<Execution> {
    const startedAt = performance.now();
    const finish = (outcome: Outcome, report: Report | null): Execution => ({
      outcome,
      seconds: (performance.now() - startedAt) / 1000,
      cpuSeconds: report?.cpuSeconds ?? null,
      peakBytes: report?.peakBytes ?? null,
    });
    if (signal.aborted) return finish({ kind: 'cancelled' }, null);
    let log: number;
    try {
      log = openLog(unit.log);
    } catch (error) {
      return finish({ kind: 'failed', problem: logProblem(unit.log, error) }, null);
    }
    busy++;
    try {
      let host: Host;
      try {
        host = await take(unit, log);
      } catch (error) {
        const ending = { kind: 'not-started', error: error as NodeJS.ErrnoException } as const;
        return finish({ kind: 'failed', problem: crashProblem(ending, root, unit.log, oomKills) }, null);
      }
      const answer = await converse(host, request(unit, environment), { onProgress, inputVariants }, signal);
      if (signal.aborted) {
        await table.end(host.started);
        return finish({ kind: 'cancelled' }, null);
      }
      if (answer.type === 'done') {
        park(host);
        return finish({ kind: 'done', note: answer.note, provenance: answer.provenance }, answer);
      }
      await retire(host);
      const found =
        answer.type === 'failed'
          ? reportedProblem(answer.error, root)
          : crashProblem(answer.ending, root, unit.log, oomKills);
      const param = answer.type === 'failed' ? answer.error.param : undefined;
      const outcome = { kind: 'failed', problem: found, ...(param === undefined ? {} : { param }) } as const;
      return finish(outcome, answer.type === 'failed' ? answer : null);
    } finally {
      busy--;
      closeSync(log);
    }
  }

  /** Gives the host its work and waits for the answer, its end, or an abort. */
  async function converse(
    host: Host,
    message: HostRequest,
    hears: { onProgress: (progress: Progress) => void; inputVariants: InputVariants },
    signal: AbortSignal,
  ): Promise<Report | { type: 'ended'; ending: Ending }> {
    const { child, ended } = host.started;
    let onMessage: (message: HostMessage) => void = () => {};
    let onAbort = (): void => {};
    const answered = new Promise<Report>((resolve) => {
      onMessage = (reply) => {
        if (reply.type === 'progress') {
          if (!signal.aborted) hears.onProgress(progressOf(reply));
        } else if (reply.type === 'variant') void answerVariant(reply);
        else resolve(reply);
      };
    });
    const aborted = new Promise<void>((resolve) => {
      onAbort = () => resolve(table.end(host.started));
    });
    async function answerVariant({ id, role, overrides }: Extract<HostMessage, { type: 'variant' }>): Promise<void> {
      const answer = await hears.inputVariants(role, overrides);
      if (child.connected) child.send({ type: 'variant-answer', id, answer } satisfies RunnerAnswer, () => {});
    }
    child.on('message', onMessage);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      if (signal.aborted) onAbort();
      // A channel that is already closed shows in the process's end.
      else if (child.connected) child.send(message, () => {});
      const over = ended.then((ending) => ({ type: 'ended' as const, ending }));
      const first = await Promise.race([answered, over, aborted.then(() => over)]);
      if (signal.aborted) await aborted;
      return first;
    } finally {
      child.off('message', onMessage);
      signal.removeEventListener('abort', onAbort);
    }
  }

  function park(host: Host): void {
    idle.push(host);
    host.started.child.unref();
    host.started.child.channel?.unref();
  }

  function hold(host: Host): void {
    host.started.child.ref();
    host.started.child.channel?.ref();
  }

  /** Ends a host that has no unit: it has nothing to finish. */
  async function retire(host: Host | undefined): Promise<void> {
    if (host === undefined) return;
    host.started.child.ref();
    host.started.child.kill('SIGKILL');
    await host.started.ended;
    await table.tidy(host.started);
  }

  async function close(): Promise<void> {
    await Promise.all(idle.splice(0).map(retire));
  }

  return { run, close };
}

type Report = Exclude<HostMessage, { type: 'progress' | 'variant' }>;

function request(unit: StageUnit, environment: Readonly<Record<string, string>>): HostRequest {
  const { bundle, params, inputs, outputs, items, workerItems = {}, checkpoints, threads, reaches = [], log } = unit;
  const env = Object.entries({ ...environment, ...unit.env }).filter(([name]) => isUnitVariable(name));
  return {
    run: { type: 'run', bundle, params, inputs, outputs, items, workerItems, checkpoints, threads, reaches },
    log,
    env: Object.fromEntries(env),
  };
}

function progressOf(message: Extract<HostMessage, { type: 'progress' }>): Progress {
  const { type: _type, ...progress } = message;
  return progress;
}
