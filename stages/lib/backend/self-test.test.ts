import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { startCpu } from './cpu-backend.ts';
import { EXPECTED, selfTest, trainStep } from './self-test.ts';

beforeAll(async () => {
  tf.env().set('PROD', true);
  await startCpu(tf, 1);
});

test('the expected values are those of the reference backend', async () => {
  const found = await trainStep(tf);
  expect(found.lossBefore).toBeCloseTo(EXPECTED.lossBefore, 5);
  expect(found.lossAfter).toBeCloseTo(EXPECTED.lossAfter, 5);
  expect(found.gradients).toEqual(EXPECTED.gradients.map((value) => expect.closeTo(value, 4)));
});

test('the self-test leaves no tensor behind', async () => {
  const before = tf.memory().numTensors;
  expect(await selfTest(tf)).toBeNull();
  expect(tf.memory().numTensors).toBe(before);
});

/** Puts another kernel in the place of one while `run` runs. */
async function withKernel<T>(name: string, kernelFunc: tf.KernelFunc | null, run: () => Promise<T>): Promise<T> {
  const own = tf.getKernel(name, 'cpu');
  tf.unregisterKernel(name, 'cpu');
  if (kernelFunc !== null) tf.registerKernel({ kernelName: name, backendName: 'cpu', kernelFunc });
  try {
    return await run();
  } finally {
    if (kernelFunc !== null) tf.unregisterKernel(name, 'cpu');
    tf.registerKernel(own);
  }
}

test.each(['Conv2D', 'Conv2DBackpropFilter', 'MaxPool', 'MaxPoolGrad', 'Relu', 'Sigmoid', 'Rsqrt', 'Mean', 'Log'])(
  'a backend whose %s computes twice what it should is found out, and so is one without it',
  async (name) => {
    const own = tf.getKernel(name, 'cpu').kernelFunc;
    const twice: tf.KernelFunc = (args) => {
      const result = own(args) as tf.TensorInfo;
      const backend = args.backend as unknown as { data: tf.DataStorage<{ values: Float32Array }> };
      const { values } = backend.data.get(result.dataId);
      for (const [i, value] of values.entries()) values[i] = value * 2;
      return result;
    };
    expect(await withKernel(name, twice, () => selfTest(tf))).toMatch(/of a known training step is .*, expected/);
    expect(await withKernel(name, null, () => selfTest(tf))).toContain('a training step ends with');
  },
);
