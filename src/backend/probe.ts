/**
 * Tries backends out, each in a process of its own: a driver that hangs or crashes takes nothing with it.
 *
 * The program that is started is made from the stages' own code in the way stages are, so that what works here works there.
 */
import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { BackendName } from '../base/backends.ts';
import { BACKENDS_FOLDER_VARIABLE } from '../base/backends.ts';
import type { JsonObject } from '../base/json.ts';
import { type Problem, ProblemError, problem } from '../base/problem.ts';
import type { ProblemCode } from '../base/problem-codes.ts';
import { openCodeReader } from '../code/open-code-reader.ts';
import { passedOn } from '../execute/stage-environment.ts';

/** What became of trying one backend. */
export type Probe =
  | {
      readonly name: BackendName;
      readonly usable: true;
      /** Backend, version, threads, device: what a stage records. */
      readonly provenance: JsonObject;
      /** The device is emulated by the processor: `auto` passes over it. */
      readonly isEmulated: boolean;
      /** Training steps of a small network; null: not asked for. */
      readonly imagesPerSecond: number | null;
    }
  | { readonly name: BackendName; readonly usable: false; readonly problem: Problem };

export interface ProbeOptions {
  readonly threads: number;
  readonly timeoutMs: number;
  /** Whether to measure how fast it trains. */
  readonly measure: boolean;
  /** Look for optional backends here first. */
  readonly folder?: string;
}

export interface Prober {
  probe(name: BackendName, options: ProbeOptions, signal: AbortSignal): Promise<Probe>;
  close(): void;
}

/** The answer of the program, over its channel. */
type Answer =
  | {
      readonly ok: true;
      readonly value: Pick<Extract<Probe, { usable: true }>, 'provenance' | 'isEmulated' | 'imagesPerSecond'>;
    }
  | {
      readonly ok: false;
      readonly failure: { readonly code: ProblemCode; readonly message: string; readonly hint: string };
    };

const LAST_WORDS = 400;

/**
 * @param root         absolute folder of the project: where stages would look for packages.
 * @param packageRoot  absolute folder of this program.
 */
export async function openProber(root: string, packageRoot: string): Promise<Prober> {
  const stateFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-backends-'));
  const close = () => fs.rmSync(stateFolder, { recursive: true, force: true });
  const entry = path.join(packageRoot, 'stages', 'lib', 'backend', 'probe-program.ts');
  const code = await openCodeReader({ root, packageRoot, stateFolder }).read(entry);
  if (!code.ok) {
    close();
    throw new ProblemError([code.failure]);
  }
  const { bundle } = code.value;

  async function probe(name: BackendName, options: ProbeOptions, signal: AbortSignal): Promise<Probe> {
    const env = passedOn(process.env);
    if (options.folder !== undefined) env[BACKENDS_FOLDER_VARIABLE] = options.folder;
    const child = fork(bundle, [name, String(options.threads), options.measure ? 'measure' : 'open'], {
      cwd: root,
      env,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const answer = await converse(child, name, options.timeoutMs, signal);
    if (answer.ok) return { name, usable: true, ...answer.value };
    const { code: found, message, hint } = answer.failure;
    return { name, usable: false, problem: problem(found, message, { hint }) };
  }

  return { probe, close };
}

/** The program's answer, or what its silence means. */
function converse(child: ChildProcess, name: BackendName, timeoutMs: number, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    let words = '';
    const other = name === 'wasm' ? 'cpu' : 'wasm';
    const refuse = (message: string): Answer => ({
      ok: false,
      failure: { code: 'E1152', message, hint: `pipe run --backend ${other}` },
    });
    const timer = setTimeout(() => end(refuse(`no answer after ${Math.round(timeoutMs / 1000)} s`)), timeoutMs);
    const onAbort = () => end(refuse('interrupted'));
    function end(answer: Answer): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      child.removeAllListeners();
      child.kill('SIGKILL');
      resolve(answer);
    }
    signal.addEventListener('abort', onAbort, { once: true });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-LAST_WORDS);
    });
    child.on('message', (answer: Answer) => end(answer));
    child.on('error', (error) => end(refuse(`its process does not start: ${error.message}`)));
    child.on('close', (code, killer) => {
      const how = killer === null ? `exit code ${code}` : `signal ${killer}`;
      const last = words.trim().split('\n').at(-1)?.trim() ?? '';
      end(refuse(`its process ended with ${how}${last === '' ? '' : `: ${last}`}`));
    });
    if (signal.aborted) onAbort();
  });
}
