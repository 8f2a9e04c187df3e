/**
 * Does the same work on many images in threads. Which thread does what changes nothing about a result.
 *
 * A pool begins by working in the thread that opened it, and starts others when that has taken longer than starting them
 * costs: a small dataset pays for no thread. Every thread has one image in work, that one too. A pool keeps no order and holds
 * nothing back; `mapImages` does both.
 */
import { Worker } from 'node:worker_threads';
import { type StageContext, StageError } from '../../../src/sdk/index.ts';
import { type JobMessage, ownMemory, type PoolData, restoreThrown, type ThreadMessage } from './messages.ts';

/**
 * What is done with each image. Jobs and results are plain data, since they go from thread to thread.
 *
 * The script is a module of its own that does nothing but `serveJobs(run)`, named where it is used as
 * `new URL('./worker.ts', import.meta.url)`, so that it is bundled and its code counts.
 */
export interface PoolWork<Job, Result> {
  readonly script: URL;
  /** The same function as the script serves. */
  run(job: Job): Result | Promise<Result>;
}

/**
 * Arrays in a job that have their memory for themselves are given away: the caller does not touch them again. Rejects with the
 * error of `run`.
 */
export type RunJob<Job, Result> = (job: Job) => Promise<Result>;

/** Starting a thread and loading the code of a stage in it takes about as long. */
const WORTH_THREADS_MS = 60;
/** One in work and one at hand, so that a thread never waits for the next. */
const JOBS_PER_THREAD = 2;

/** Opens a pool for as long as `use` takes. */
export async function withPool<Job, Result, Outcome>(
  { threads }: Pick<StageContext, 'threads'>,
  work: PoolWork<Job, Result>,
  use: (run: RunJob<Job, Result>) => Promise<Outcome>,
): Promise<Outcome> {
  const pool = new Pool(work, Math.floor(threads));
  try {
    return await use((job) => pool.run(job));
  } finally {
    await pool.close();
  }
}

interface Asked<Job, Result> {
  readonly job: Job;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

interface Hand<Job, Result> {
  readonly worker: Worker;
  isReady: boolean;
  /** By the number of the job. */
  readonly busy: Map<number, Asked<Job, Result>>;
}

class Pool<Job, Result> {
  readonly #work: PoolWork<Job, Result>;
  readonly #most: number;
  readonly #hands: Hand<Job, Result>[] = [];
  readonly #queue: Asked<Job, Result>[] = [];
  #spentHereMs = 0;
  #isBusyHere = false;
  #jobs = 0;
  #isClosed = false;
  #lost: StageError | null = null;

  constructor(work: PoolWork<Job, Result>, threads: number) {
    this.#work = work;
    // From its sources, as tests have it, no thread can be started on every Node.
    this.#most = threads < 2 || work.script.pathname.endsWith('.ts') ? 0 : threads;
  }

  async run(job: Job): Promise<Result> {
    if (this.#lost !== null) throw this.#lost;
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject });
      this.#giveOut();
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#hands.map(({ worker }) => worker.terminate()));
  }

  #start(): void {
    if (this.#isClosed || this.#lost !== null) return;
    // A count of their own: a thread that is ended in the middle of an image takes nothing back.
    const data: PoolData = { pixels: new Int32Array(new SharedArrayBuffer(4)) };
    for (let count = 0; count < this.#most; count++) {
      const worker = new Worker(this.#work.script, { workerData: data, execArgv: [] });
      const hand: Hand<Job, Result> = { worker, isReady: false, busy: new Map() };
      this.#hands.push(hand);
      worker.on('message', (message: ThreadMessage) => this.#hear(hand, message));
      worker.on('error', (error) => this.#lose(hand, error.message));
      worker.on('exit', () => this.#lose(hand, 'it was ended'));
    }
  }

  #hear(hand: Hand<Job, Result>, message: ThreadMessage): void {
    if (message.type === 'ready') hand.isReady = true;
    else {
      const asked = hand.busy.get(message.id);
      hand.busy.delete(message.id);
      // The result is what `run` gives: the script serves the same function.
      if (message.type === 'done') asked?.resolve(message.result as Result);
      else asked?.reject(restoreThrown(message.error));
    }
    this.#giveOut();
  }

  async #workHere(): Promise<void> {
    const asked = this.#isBusyHere || this.#isClosed ? undefined : this.#queue.shift();
    if (asked === undefined) return;
    this.#isBusyHere = true;
    const startedMs = performance.now();
    try {
      asked.resolve(await this.#work.run(asked.job));
    } catch (error) {
      asked.reject(error);
    }
    this.#isBusyHere = false;
    this.#spentHereMs += performance.now() - startedMs;
    if (this.#spentHereMs > WORTH_THREADS_MS && this.#hands.length === 0) this.#start();
    this.#giveOut();
  }

  /** Each job goes to the thread with the least to do. */
  #giveOut(): void {
    if (!this.#hands.some(({ isReady }) => isReady)) {
      void this.#workHere();
      return;
    }
    while (this.#queue.length > 0) {
      let least: Hand<Job, Result> | null = null;
      for (const hand of this.#hands) {
        if (hand.isReady && hand.busy.size < (least?.busy.size ?? JOBS_PER_THREAD)) least = hand;
      }
      const asked = least === null ? undefined : this.#queue.shift();
      if (least === null || asked === undefined) return;
      const message: JobMessage = { id: this.#jobs++, job: asked.job };
      least.busy.set(message.id, asked);
      least.worker.postMessage(message, ownMemory(asked.job));
    }
  }

  #lose(hand: Hand<Job, Result>, why: string): void {
    const place = this.#hands.indexOf(hand);
    if (place < 0) return;
    this.#hands.splice(place, 1);
    if (this.#isClosed) return;
    this.#lost ??= new StageError(`a thread that works on images ended before it was done: ${why}`, {
      hint: 'resources: { cpus: 1 }   (one image at a time takes the least memory)',
    });
    for (const { reject } of [...hand.busy.values(), ...this.#queue.splice(0)]) reject(this.#lost);
    hand.busy.clear();
  }
}
