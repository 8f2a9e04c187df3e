/**
 * A thread that looks at files: the entry of `dist/scan-worker.cjs`.
 *
 * Takes pieces of a walk, which it shares with every other thread, and whole large files to digest. It holds no state.
 */
import { parentPort } from 'node:worker_threads';
import { hashFile } from './hash-file.ts';
import { performIfFree, type ScanTask } from './scan-task.ts';

/** What a thread is asked. */
export type WorkerRequest =
  | { readonly kind: 'share'; readonly tasks: readonly ScanTask[] }
  | { readonly kind: 'hash'; readonly id: number; readonly file: string; readonly flush: boolean };

/** The answer to `hash`. */
export type WorkerAnswer =
  | { readonly id: number; readonly digest: Uint8Array }
  | { readonly id: number; readonly code: string; readonly message: string };

const port = parentPort;
port?.on('message', (request: WorkerRequest) => {
  if (request.kind === 'share') {
    for (const task of request.tasks) performIfFree(task);
    return;
  }
  port.postMessage(answer(request.id, request.file, request.flush));
});

function answer(id: number, file: string, flush: boolean): WorkerAnswer {
  try {
    return { id, digest: hashFile(file, flush) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { id, code: code ?? 'UNKNOWN', message };
  }
}
