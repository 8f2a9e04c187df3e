/**
 * One more thread of the engine: takes parts of kernels until the process ends. Started by `worker-pool.ts`.
 *
 * Plain JavaScript, since Node starts it as it is when the engine is not bundled.
 */
import { workerData } from 'node:worker_threads';
import { takeParts } from './parts.mjs';

const { module, memory, control, args, names, worker } = workerData;
const words = new Int32Array(control);
const values = new Float64Array(args);
const { exports } = new WebAssembly.Instance(module, {
  env: {
    memory,
    abort: () => {
      throw new Error('aborted');
    },
  },
});
const kernels = names.map((name) => exports[name]);

/** How often to look for work before going to sleep: about as long as what comes between two kernels. */
const LOOKS = 4000;

for (;;) {
  const seen = Atomics.load(words, 0);
  for (let look = 0; look < LOOKS; look++) {
    if (takeParts(words, values, kernels, worker)) look = 0;
  }
  Atomics.wait(words, 0, seen);
}
