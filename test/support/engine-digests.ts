/** Says the digest of all weights after some training steps. Arguments: network, batch, steps, threads. */
import { createHash } from 'node:crypto';
import { prepareSteps } from '../../bench/engine/train-step.ts';

const [name = 'A', batch = '2', steps = '2', threads = '1'] = process.argv.slice(2);
const prepared = await prepareSteps(name, Number(batch), Number(threads));
for (let i = 0; i < Number(steps); i++) prepared.step();
const digest = createHash('sha256');
for (const values of prepared.weights())
  digest.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
process.stdout.write(`${digest.digest('hex').slice(0, 16)}\n`);
process.exit(0);
