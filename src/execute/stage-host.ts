/**
 * The main module of a process that hosts a stage: does one unit after another, as the runner asks.
 *
 * It ends when the runner's end of the channel closes, however that came. What a unit may not do is take the process
 * with it unseen: an error nobody caught, also in a callback or a promise nobody waited for, fails the unit, and so does
 * a stage that waits while nothing is left that could wake it.
 */
import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { JsonObject } from '../base/json.ts';
import type { StageContext } from '../sdk/context.ts';
import { createContext, type HostedContext } from '../sdk/create-context.ts';
import type { HostMessage, RunnerAnswer, VariantAnswer } from '../sdk/protocol.ts';
import { type HostRequest, NO_STAGE_FUNCTION, WAITS_FOR_NOTHING } from './host-messages.ts';
import { peakResidentBytes } from './proc.ts';
import { mapStack } from './stack-places.ts';
import { isUnitVariable } from './stage-environment.ts';

type Failure = Extract<HostMessage, { type: 'failed' }>['error'];

/** The unit under way. */
interface Current {
  readonly hosted: HostedContext;
  /** Whether the stage has looked at its signal, and so may want to end in order. */
  usesSignal: boolean;
  /** Ends the unit although the stage's function has not returned. */
  fail(thrown: unknown): void;
}

/** Exit code of a process ended by TERM, as shells give it. */
const TERMINATED = 143;

/** What waits for an answer of the runner, by the number of the question. */
const questions = new Map<number, (answer: VariantAnswer) => void>();
let asked = 0;
let current: Current | null = null;
let isEnding = false;

process.on('message', (message: HostRequest | RunnerAnswer) => {
  if ('run' in message) void perform(message);
  else questions.get(message.id)?.(message.answer);
});
process.on('disconnect', () => process.exit(TERMINATED));
process.on('SIGTERM', onTerminate);
// A terminal's Ctrl-C is the runner's to handle.
process.on('SIGINT', () => {});
process.on('uncaughtException', onUncaught);
process.on('unhandledRejection', onUncaught);
process.on('beforeExit', () => {
  current?.fail({ name: WAITS_FOR_NOTHING, message: 'the stage waits, but nothing is left that could go on' });
});

async function perform(request: HostRequest): Promise<void> {
  redirectOutput(request.log);
  setEnvironment(request.env);
  resetPeak();
  const cpuBefore = process.cpuUsage();
  const hosted = createContext(request.run, send, askVariant);
  // Without this the channel to the runner would hide that nothing else is going on.
  process.channel?.unref();
  let failure: Failure | null = null;
  try {
    await runStage(request.run.bundle, hosted);
  } catch (thrown) {
    failure = describe(thrown);
  }
  questions.clear();
  process.channel?.ref();
  current = null;
  hosted.close();
  const cpu = process.cpuUsage(cpuBefore);
  const usage = {
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    peakBytes: peakResidentBytes('self') ?? process.resourceUsage().maxRSS * 1024,
  };
  // The runner is waiting for the end of this process, not for an answer.
  if (isEnding) process.exit(TERMINATED);
  send(
    failure === null ? { type: 'done', ...hosted.result(), ...usage } : { type: 'failed', error: failure, ...usage },
  );
}

/** While an answer is due, the channel keeps the process awake: something is left that can go on. */
function askVariant(role: string, overrides: JsonObject): Promise<VariantAnswer> {
  const id = ++asked;
  return new Promise((resolve) => {
    questions.set(id, (answer) => {
      questions.delete(id);
      if (questions.size === 0) process.channel?.unref();
      resolve(answer);
    });
    process.channel?.ref();
    send({ type: 'variant', id, role, overrides });
  });
}

async function runStage(bundle: string, hosted: HostedContext): Promise<void> {
  const failed = new Promise<never>((_resolve, reject) => {
    current = { hosted, usesSignal: false, fail: reject };
  });
  // The unit may end well and then be failed too late to matter.
  failed.catch(() => {});
  const running = async (): Promise<void> => {
    const stage = (await import(pathToFileURL(bundle).href)) as { default?: unknown };
    if (typeof stage.default !== 'function') {
      throw { name: NO_STAGE_FUNCTION, message: 'the entry module has no function as its default export' };
    }
    await stage.default(withWatchedSignal(hosted.context));
    // A promise nobody waited for is reported a turn after it failed.
    await new Promise(setImmediate);
  };
  await Promise.race([running(), failed]);
}

function withWatchedSignal(context: StageContext): StageContext {
  return Object.defineProperty({ ...context }, 'signal', {
    enumerable: true,
    get() {
      if (current !== null) current.usesSignal = true;
      return context.signal;
    },
  });
}

/** A stage that never looked at its signal has nothing to do in its time of grace. */
function onTerminate(): void {
  isEnding = true;
  if (current === null || !current.usesSignal) {
    current?.hosted.close();
    process.exit(TERMINATED);
  }
  current.hosted.abort();
}

function onUncaught(thrown: unknown): void {
  if (current === null) {
    describe(thrown);
    process.exit(1);
  }
  current.fail(thrown);
}

/** A StageError is known by its name: the stage's bundle has its own copy of the class. */
function describe(thrown: unknown): Failure {
  if (typeof thrown !== 'object' || thrown === null) return { name: 'Error', message: String(thrown) };
  const { name, message, hint, code, param, stack } = thrown as Record<string, unknown>;
  const isExpected = name === 'StageError' || name === NO_STAGE_FUNCTION || name === WAITS_FOR_NOTHING;
  if (isExpected) {
    return {
      name: typeof code === 'string' ? code : name,
      message: String(message),
      ...(typeof hint === 'string' ? { hint } : {}),
      ...(Array.isArray(param) ? { param: param.map(String) } : {}),
    };
  }
  const text = mapStack(typeof stack === 'string' ? stack : String(message));
  process.stderr.write(`${text}\n`);
  return { name: String(name ?? 'Error'), message: String(message), stack: text };
}

/**
 * Points both output streams of the whole process at a file, native libraries and later children included: an opened
 * file takes the lowest free descriptor, and here that is the one just closed.
 */
function redirectOutput(log: string): void {
  for (const stream of [1, 2]) {
    closeSync(stream);
    const opened = openSync(log, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o644);
    if (opened !== stream) process.exit(1);
  }
}

/** Replaces the variables of the unit before. */
function setEnvironment(env: HostRequest['env']): void {
  for (const name of Object.keys(process.env)) if (isUnitVariable(name)) delete process.env[name];
  Object.assign(process.env, env);
}

/** Linux keeps a process's peak memory for its whole life unless told to start again. */
function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Elsewhere the peak of a warm process covers its earlier units too.
  }
}

function send(message: HostMessage): void {
  if (process.connected) process.send?.(message);
}
