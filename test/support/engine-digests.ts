/**
 * Says the digest of all weights after some training steps, or of the outputs of the last of some forward passes. Arguments:
 * network, batch, steps, threads.
 */
import { createHash } from 'node:crypto';
import { prepareSteps } from '../../bench/engine/train-step.ts';

const [name = 'A', batch = '2', steps = '2', threads = '1'] = process.argv.slice(2);
const prepared = await prepareSteps(name, Number(batch), Number(threads));
for (let i = 0; i < Number(steps); i++) prepared.step();
const digest = createHash('sha256');
const outputs = prepared.outputs();
for (const values of outputs.length > 0 ? [outputs] : prepared.weights())
  digest.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
process.stdout.write(`${digest.digest('hex').slice(0, 16)}\n`);
process.exit(0);
