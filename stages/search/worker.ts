/**
 * A thread that trains for a search. Started from the stage's own bundle, which therefore asks at its start which of the two it
 * is; nothing else of the stage happens here.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Json } from '../../src/sdk/index.ts';
import { openBackend } from '../lib/backend/open-backend.ts';
import type { Inputs } from '../lib/training/inputs.ts';
import { type CellOutcome, type CellWork, type Took, trainCell } from './train-cell.ts';

const ROLE = 'pipe search worker';

export type ToWorker =
  | { readonly type: 'data'; readonly id: number; readonly inputs: Inputs }
  | { readonly type: 'forget'; readonly id: number }
  | { readonly type: 'train'; readonly data: number; readonly work: CellWork };

export type FromWorker =
  | { readonly type: 'done'; readonly outcome: CellOutcome & Took; readonly backend: Json }
  | { readonly type: 'failed'; readonly name: string; readonly message: string; readonly code: string | null };

/** @param bundle  URL of the stage's bundle. */
export function startWorker(bundle: string): Worker {
  return new Worker(new URL(bundle), { workerData: ROLE, stdout: false, stderr: false });
}

function serve(): void {
  const data = new Map<number, Inputs>();
  const never = new AbortController().signal;
  parentPort?.on('message', async (message: ToWorker) => {
    if (message.type === 'data') data.set(message.id, message.inputs);
    else if (message.type === 'forget') data.delete(message.id);
    else parentPort?.postMessage(await train(data.get(message.data), message.work, never));
  });
}

async function train(inputs: Inputs | undefined, work: CellWork, signal: AbortSignal): Promise<FromWorker> {
  try {
    if (inputs === undefined) throw new Error('images were never sent');
    const backend = await openBackend();
    return { type: 'done', outcome: await trainCell(backend, inputs, work, signal), backend: backend.provenance };
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    return { type: 'failed', name, message, code: code ?? null };
  }
}

if (!isMainThread && workerData === ROLE) serve();
