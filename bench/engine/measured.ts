/**
 * One network in one process: does a step whenever a line comes in and says how long it took.
 *
 * Arguments: network, batch, threads, and `tensorflow` for TensorFlow through tfjs-node instead of the engine. Says `ready` with the time from the start of the process to the end of the first step.
 */
import { createInterface } from 'node:readline';
import { prepareSteps } from './train-step.ts';

const [name = 'A', batch = '32', threads = '1', backend] = process.argv.slice(2);
const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);

const prepared = await prepareSteps(
  name,
  Number(batch),
  Number(threads),
  backend === 'tensorflow' ? 'tensorflow' : 'engine',
);
prepared.step();
say({ ready: performance.now() });
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') break;
  const start = performance.now();
  const before = process.cpuUsage();
  const value = prepared.step();
  const { user, system } = process.cpuUsage(before);
  say({ ms: performance.now() - start, cpuMs: (user + system) / 1000, value });
}
say({ peakMb: process.resourceUsage().maxRSS / 1024, tensors: prepared.tensors() });
process.exit(0);
