/**
 * What the training loop costs beside bare steps: an epoch of it and as many bare steps in turn, in one process.
 *
 * A network like A, of `conv-blocks`, on 1024 images of 60 x 30 x 3 in batches of 32. A bare step is the loop's own step whose batch is not
 * filled: the same kernels, loss and optimiser. Says milliseconds of processor time of a step of each, medians, and the median of the
 * ratios of neighbouring epochs; epochs are not measured but for the last. Arguments: threads, rounds.
 */
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import { randomStream } from '../../src/sdk/index.ts';
import { chooseBackend } from '../../stages/lib/backend/open-backend.ts';
import { buildModel } from '../../stages/lib/models/build-model.ts';
import { planLayers } from '../../stages/lib/models/plan-layers.ts';
import { trainSettings } from '../../stages/lib/models/testing.ts';
import { createLoss } from '../../stages/lib/training/loss.ts';
import { createOptimizer } from '../../stages/lib/training/optimizer.ts';
import { trainModel } from '../../stages/lib/training/train-model.ts';

const [threads = '1', rounds = '12'] = process.argv.slice(2);
const IMAGES = 1024;
const BATCH = 32;
const STEPS = IMAGES / BATCH;

const backend = await chooseBackend('wasm', Number(threads));
const { tf } = backend;
const random = (stream: string) => randomStream(1, stream);
const noise = random('pixels');
const train = {
  samples: [],
  labels: Int32Array.from({ length: IMAGES }, (_, i) => i % 2),
  shape: [60, 30, 3] as const,
  pixels: Uint8Array.from({ length: IMAGES * 60 * 30 * 3 }, () => noise.integer(256)),
};
const settings = trainSettings({
  epochs: Number(rounds) + 1,
  evalEvery: 1000,
  earlyStopping: null,
  trainSample: BATCH,
  batchSize: BATCH,
  normalize: 'imagenet',
  model: { filters: 16, blocks: 2, batchNorm: false, dropout: 0 },
});

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

const clock = { step: 0 };
const built = buildModel(backend, planLayers(settings.model, 1), train.shape, {
  random,
  clock,
  initializer: settings.model.initializer,
  output: 'sigmoid',
});
const variables = built.logits.trainableWeights.map((weight) => weight.read() as Variable);
const optimizer = createOptimizer(tf, settings.optimizer, variables, null);
const loss = createLoss(tf, settings, train, 2);
const x = tf.randomUniform([BATCH, ...train.shape], 0, 1, 'float32', 1);
const truth = loss.truthOf(Array.from({ length: BATCH }, (_, i) => i));

function bareStep(): void {
  tf.tidy(() => {
    const { value, grads } = tf.variableGrads(
      () => loss.of(built.logits.apply(x, { training: true }) as Tensor, truth) as Scalar,
      variables,
    );
    value.dataSync();
    optimizer.update(
      variables.map(({ name }) => grads[name] as Tensor),
      0.001,
    );
  });
}

const bare: number[] = [];
const loop: number[] = [];
let epochStart = 0;
await trainModel(backend, settings, {
  train,
  validation: null,
  classes: 2,
  random,
  signal: new AbortController().signal,
  onStep(done) {
    // The first epoch is for V8 to compile.
    if (done % STEPS !== 0) return;
    if (done > STEPS) loop.push((cpuMs() - epochStart) / STEPS);
    const before = cpuMs();
    for (let i = 0; i < STEPS; i++) bareStep();
    if (done > STEPS) bare.push((cpuMs() - before) / STEPS);
    epochStart = cpuMs();
  },
});
const ratio = median(loop.map((each, i) => each / (bare[i] as number)));
const round = (value: number) => Math.round(value * 1000) / 1000;
process.stdout.write(
  `${JSON.stringify({ threads: Number(threads), bareMs: round(median(bare)), loopMs: round(median(loop)), ratio: round(ratio) })}\n`,
);
process.exit(0);
