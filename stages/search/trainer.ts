/**
 * Who trains: this thread, or as many workers as the stage may keep busy. Which one took a training changes nothing about it.
 *
 * Trainings are taken in the order in which they are asked for. An error of a training is its outcome, not the trainer's end.
 */
import { Worker } from 'node:worker_threads';
import { type StageContext, StageError } from '../../src/sdk/index.ts';
import { openBackend } from '../lib/backend/open-backend.ts';
import { type CellOutcome, type CellWork, type Took, trainCell } from './train-cell.ts';
import type { TrialData } from './trial-data.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** A thread ended in the middle of its work, by an error outside any training or for want of memory. */
export class WorkerLost extends StageError {
  constructor(why: string) {
    super(`a worker of the search ended before its training was done: ${why}`, {
      hint: 'pipe run   (what was trained is kept; `resources: { cpus: 1 }` takes less memory)',
    });
  }
}

export interface Trained extends CellOutcome, Took {
  /** Which one took it. */
  readonly worker: number;
}

export interface Trainer {
  /** @throws StageError when the settings do not fit the images; any error of the backend. */
  train(data: TrialData, work: CellWork): Promise<Trained>;
  close(): Promise<void>;
}

/** The code that decides what a training gives. Bundled, it is JavaScript. */
export const WORKER = new URL('./worker.ts', import.meta.url);

type Context = Pick<StageContext, 'threads' | 'signal' | 'provenance'>;

/** Nothing is opened or started before there is something to train. */
export function openTrainer(context: Context): Trainer {
  let opening: Promise<Trainer> | null = null;
  return {
    async train(data, work) {
      opening ??= chooseTrainer(context);
      return (await opening).train(data, work);
    },
    async close() {
      await (await opening?.catch(() => null))?.close();
    },
  };
}

/** Backends that compute on the processor of the thread they are opened in; the others have one device to share. */
const BY_THREAD: readonly string[] = ['wasm', 'cpu'];

async function chooseTrainer(context: Context): Promise<Trainer> {
  // From its sources, as tests have it, no thread can be started on every Node.
  if (context.threads < 2 || WORKER.pathname.endsWith('.ts')) return openHere(context);
  const { name } = await openBackend();
  return BY_THREAD.includes(name) ? openWorkers(context) : openHere(context);
}

function openHere({ signal, provenance }: Context): Trainer {
  let last: Promise<unknown> = Promise.resolve();
  return {
    train(data, work) {
      const turn = last.then(async () => {
        const backend = await openBackend();
        provenance('backend', backend.provenance);
        return { ...(await trainCell(backend, data.inputs, work, signal)), worker: 0 };
      });
      last = turn.catch(() => {});
      return turn;
    },
    async close() {
      await last;
    },
  };
}

interface Job {
  readonly data: TrialData;
  readonly work: CellWork;
  resolve(outcome: Trained): void;
  reject(error: unknown): void;
}

interface Hand {
  readonly number: number;
  readonly worker: Worker;
  /** Data it has, the last used at the end. */
  readonly has: string[];
  job: Job | null;
}

const MOST_DATA = 4;

function openWorkers({ threads, signal, provenance }: Context): Trainer {
  const most = Math.floor(threads);
  const hands: Hand[] = [];
  const queue: Job[] = [];
  let closed = false;
  signal.addEventListener('abort', stop, { once: true });

  function hire(): Hand {
    const worker = new Worker(WORKER);
    const hand: Hand = { number: hands.length, worker, has: [], job: null };
    hands.push(hand);
    worker.on('message', (message: FromWorker) => answer(hand, message));
    worker.on('error', (error) => lose(hand, new WorkerLost(error.message)));
    worker.on('exit', () => lose(hand, new WorkerLost('it was killed')));
    return hand;
  }

  function answer(hand: Hand, message: FromWorker): void {
    const { job } = hand;
    hand.job = null;
    if (message.type === 'done') {
      provenance('backend', message.backend);
      job?.resolve({ ...message.outcome, worker: hand.number });
    } else job?.reject(errorOf(message));
    next();
  }

  function lose(hand: Hand, error: unknown): void {
    const place = hands.indexOf(hand);
    if (place < 0) return;
    hands.splice(place, 1);
    hand.job?.reject(error);
    hand.job = null;
    if (!closed) next();
  }

  function next(): void {
    while (queue.length > 0) {
      const free = hands.find(({ job }) => job === null) ?? (hands.length < most ? hire() : undefined);
      if (free === undefined) return;
      give(free, queue.shift() as Job);
    }
  }

  function give(hand: Hand, job: Job): void {
    hand.job = job;
    const { id, inputs } = job.data;
    const send = (message: ToWorker) => hand.worker.postMessage(message);
    const known = hand.has.indexOf(id);
    if (known >= 0) hand.has.splice(known, 1);
    else send({ type: 'data', id, inputs });
    hand.has.push(id);
    if (hand.has.length > MOST_DATA) send({ type: 'forget', id: hand.has.shift() as string });
    send({ type: 'train', data: id, work: job.work });
  }

  function stop(): void {
    closed = true;
    for (const { reject } of queue.splice(0)) reject(signal.reason);
    for (const { worker } of [...hands]) void worker.terminate();
  }

  return {
    train: (data, work) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        queue.push({ data, work, resolve, reject });
        next();
      }),
    async close() {
      closed = true;
      signal.removeEventListener('abort', stop);
      await Promise.all([...hands].map(({ worker }) => worker.terminate()));
    },
  };
}

function errorOf({ name, message, code }: Extract<FromWorker, { type: 'failed' }>): Error {
  if (name === 'StageError') return new StageError(message, code === null ? {} : { code: code as never });
  // An error of the system keeps looking like one: it says nothing about the trial.
  const isSystem = code !== null && /^E[A-Z]+$/.test(code);
  return Object.assign(new Error(message), { name }, isSystem ? { code, syscall: 'worker' } : {});
}
