/**
 * Threads that look at files, started when first needed and never keeping the process alive while idle.
 *
 * Walking is shared between this thread and the others and done when the call returns: there is no point at which a
 * half-finished walk could be seen. Digesting large files is left to the others while this thread serves events.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { hashFile } from './hash-file.ts';
import { awaitDone, performIfFree, type ScanTask } from './scan-task.ts';
import type { WorkerAnswer, WorkerRequest } from './scan-worker.ts';

/** From about this many entries on, a second thread gains more than its start costs (40 ms). */
export const SHARE_FROM_ENTRIES = 20_000;

export interface ScanPool {
  readonly threads: number;
  /** Does all tasks, in all threads; returns when they are done. */
  share(tasks: readonly ScanTask[]): void;
  /** SHA-256 of a file. Rejects with the file system's error. */
  hash(file: string, flush?: boolean): Promise<Buffer>;
}

const pools = new Map<string, ScanPool>();

/**
 * One pool a process, so that reader and store do not start threads twice.
 *
 * @param workerScript  absolute path of the bundled worker; null, or no such file, does everything in this thread.
 * @param threads       how many threads may be busy, this one included. One thread waits while another digests: it serves
 *                      events, such as Ctrl-C.
 */
export function scanPool(workerScript: string | null, threads: number): ScanPool {
  const name = `${threads} ${workerScript}`;
  const known = pools.get(name);
  if (known !== undefined) return known;
  const hasWorkers = workerScript !== null && existsSync(workerScript);
  const pool = !hasWorkers ? singleThread() : new WorkerPool(path.resolve(workerScript), threads);
  pools.set(name, pool);
  return pool;
}

function singleThread(): ScanPool {
  return {
    threads: 1,
    share: (tasks) => tasks.forEach(performIfFree),
    hash: async (file, flush) => hashFile(file, flush),
  };
}

interface Waiting {
  readonly request: WorkerRequest & { readonly kind: 'hash' };
  readonly resolve: (digest: Buffer) => void;
  readonly reject: (error: unknown) => void;
}

class WorkerPool implements ScanPool {
  readonly threads: number;
  readonly #script: string;
  readonly #workers: Worker[] = [];
  readonly #queue: Waiting[] = [];
  /** What each busy worker digests. */
  readonly #busy = new Map<Worker, Waiting>();
  #nextId = 0;

  constructor(script: string, threads: number) {
    this.#script = script;
    this.threads = threads;
  }

  share(tasks: readonly ScanTask[]): void {
    this.#grow(this.threads - 1);
    const request: WorkerRequest = { kind: 'share', tasks };
    for (const worker of this.#workers.slice(0, this.threads - 1)) worker.postMessage(request);
    // The others go forwards and this thread backwards, so that they meet once.
    for (let i = tasks.length - 1; i >= 0; i--) performIfFree(tasks[i] as ScanTask);
    tasks.forEach(awaitDone);
  }

  hash(file: string, flush = false): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ request: { kind: 'hash', id: this.#nextId++, file, flush }, resolve, reject });
      this.#grow(Math.min(this.threads, this.#queue.length + this.#busy.size));
      this.#assign();
    });
  }

  #assign(): void {
    for (const worker of this.#workers) {
      if (this.#busy.has(worker)) continue;
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#busy.set(worker, next);
      worker.ref();
      worker.postMessage(next.request);
    }
  }

  #grow(count: number): void {
    while (this.#workers.length < count) {
      const worker = new Worker(this.#script, { execArgv: [], stdout: false, stderr: false });
      worker.on('message', (answer: WorkerAnswer) => this.#finish(worker, answer));
      worker.on('error', (error) => this.#lose(worker, error));
      worker.unref(); // after the listeners: adding one makes the worker keep the process alive
      this.#workers.push(worker);
    }
  }

  #finish(worker: Worker, answer: WorkerAnswer): void {
    const waiting = this.#busy.get(worker);
    this.#busy.delete(worker);
    worker.unref();
    if ('digest' in answer) waiting?.resolve(Buffer.from(answer.digest));
    else waiting?.reject(Object.assign(new Error(answer.message), { code: answer.code }));
    this.#assign();
  }

  /** A thread that cannot start or dies takes no work with it: what it had is digested here. */
  #lose(worker: Worker, cause: unknown): void {
    const waiting = this.#busy.get(worker);
    this.#busy.delete(worker);
    this.#workers.splice(this.#workers.indexOf(worker), 1);
    if (waiting === undefined) return;
    try {
      waiting.resolve(hashFile(waiting.request.file, waiting.request.flush));
    } catch (error) {
      waiting.reject(error ?? cause);
    }
  }
}
