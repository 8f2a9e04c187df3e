/** TensorFlow.js's reference kernels in plain JavaScript: for comparisons; about a thousand times too slow to train with. */
import os from 'node:os';
import { ok } from '../../../src/base/result.ts';
import type { StartBackend } from './backend.ts';

export const startCpu: StartBackend = async (tf) => {
  const { version_cpu: version } = await import('@tensorflow/tfjs-backend-cpu');
  if (!(await tf.setBackend('cpu'))) throw new Error('the reference backend did not start');
  return ok({ version, device: os.cpus()[0]?.model ?? os.arch() });
};
