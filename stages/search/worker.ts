/** The main module of a thread that trains for a search: one training after another, on images it was sent once. */
import { parentPort } from 'node:worker_threads';
import { openBackend } from '../lib/backend/open-backend.ts';
import type { Inputs } from '../lib/training/inputs.ts';
import { type CellWork, trainCell } from './train-cell.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

const data = new Map<string, Inputs>();
/** An interruption ends the thread. */
const never = new AbortController().signal;

parentPort?.on('message', async (message: ToWorker) => {
  if (message.type === 'data') data.set(message.id, message.inputs);
  else if (message.type === 'forget') data.delete(message.id);
  else parentPort?.postMessage(await train(data.get(message.data), message.work));
});

async function train(inputs: Inputs | undefined, work: CellWork): Promise<FromWorker> {
  try {
    if (inputs === undefined) throw new Error('images were never sent');
    const backend = await openBackend();
    return { type: 'done', outcome: await trainCell(backend, inputs, work, never), backend: backend.provenance };
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    return { type: 'failed', name, message, code: code ?? null };
  }
}
