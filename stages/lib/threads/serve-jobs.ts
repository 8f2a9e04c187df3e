/** The side of a thread: does the jobs of a pool one after another, so that it holds one image at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { sharePixelsInWork } from '../image/pixel-budget.ts';
import { describeThrown, type JobMessage, ownMemory, type PoolData, type ThreadMessage } from './messages.ts';

/** Call it once, in the main module of a thread that `withPool` starts. */
export function serveJobs<Job, Result>(run: (job: Job) => Result | Promise<Result>): void {
  sharePixelsInWork((workerData as PoolData).pixels);
  let last: Promise<void> = Promise.resolve();
  parentPort?.on('message', ({ id, job }: JobMessage) => {
    last = last.then(() => answer(id, () => run(job as Job)));
  });
  say({ type: 'ready' });
}

async function answer(id: number, run: () => unknown): Promise<void> {
  try {
    const result = await run();
    say({ type: 'done', id, result }, ownMemory(result));
  } catch (thrown) {
    say({ type: 'failed', id, error: describeThrown(thrown) });
  }
}

function say(message: ThreadMessage, given: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, given);
}
