/**
 * One training step whose result is known: what every backend must get right before anything is trained with it.
 *
 * Convolution, batch normalisation, ReLU, max pooling, dense, binary cross-entropy, Adam. A driver that computes nonsense, a
 * kernel that is missing, and a device whose values cannot be read back all show here, in a few milliseconds.
 */
import type { Scalar, Tensor, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Tf } from './tensorflow.ts';

/** Computed by the reference backend; `self-test.test.ts` computes them again. */
export const EXPECTED = {
  lossBefore: 1.325988,
  lossAfter: 0.998308,
  /** Weighted sums of the gradients of convolution kernel, scale, offset and dense kernel. */
  gradients: [-3.704773, -2.989687, -2.170157, -24.71628],
} as const;

export interface StepResult {
  readonly lossBefore: number;
  readonly lossAfter: number;
  readonly gradients: readonly number[];
}

/** Relative to the larger of 1 and the value: rounding of single precision in another order stays far below. */
const TOLERANCE = 1e-3;
const IMAGES: [number, number, number, number] = [4, 8, 8, 3];
const LEARNING_RATE = 0.01;
/** Makes the sums of gradients a few units large. */
const GRADIENT_WEIGHT = 10;

/** @returns null when the current backend computes what is expected, else what it got wrong. */
export async function selfTest(tf: Tf): Promise<string | null> {
  let found: StepResult;
  try {
    found = await trainStep(tf);
  } catch (error) {
    return `a training step ends with \`${error instanceof Error ? error.message.split('\n', 1)[0] : error}\``;
  }
  const pairs = [
    ['the loss', found.lossBefore, EXPECTED.lossBefore],
    ['the loss after a step of Adam', found.lossAfter, EXPECTED.lossAfter],
    ...EXPECTED.gradients.map((value, i) => [`gradient ${i + 1}`, found.gradients[i] ?? Number.NaN, value] as const),
  ] as const;
  // Not `>`: that would let NaN pass.
  const wrong = pairs.find(
    ([, value, wanted]) => !(Math.abs(value - wanted) <= TOLERANCE * Math.max(1, Math.abs(wanted))),
  );
  return wrong === undefined ? null : `${wrong[0]} of a known training step is ${wrong[1]}, expected ${wrong[2]}`;
}

/** The step itself, on the current backend. Leaves no tensor behind. */
export async function trainStep(tf: Tf): Promise<StepResult> {
  const variables = tf.tidy(() => [
    tf.variable(pattern(tf, [3, 3, 3, 4], 0.6)),
    tf.variable(tf.ones([4])),
    tf.variable(pattern(tf, [4], 0.2)),
    tf.variable(pattern(tf, [64, 1], 0.5)),
  ]);
  const optimizer = tf.train.adam(LEARNING_RATE);
  const kept: Tensor[] = [];
  try {
    const { value, grads } = tf.variableGrads(() => loss(tf, variables), variables);
    const sums = variables.map(({ name }) => {
      const gradient = grads[name] as Tensor;
      return tf.tidy(() => tf.sum(tf.mul(gradient, pattern(tf, gradient.shape, GRADIENT_WEIGHT, 11))));
    });
    kept.push(value, ...Object.values(grads), ...sums);
    optimizer.applyGradients(grads as Record<string, Variable>);
    const after = tf.tidy(() => loss(tf, variables));
    kept.push(after);
    const [lossBefore = Number.NaN, lossAfter = Number.NaN, ...gradients] = await Promise.all(
      [value, after, ...sums].map(async (tensor) => (await tensor.data())[0] ?? Number.NaN),
    );
    return { lossBefore, lossAfter, gradients };
  } finally {
    for (const tensor of [...kept, ...variables]) tensor.dispose();
    optimizer.dispose();
  }
}

function loss(tf: Tf, [kernel, scale, offset, dense]: readonly Variable[]): Scalar {
  const x = pattern(tf, IMAGES, 1) as Tensor4D;
  const maps = tf.conv2d(x, kernel as Tensor as Tensor4D, 1, 'same');
  const { mean, variance } = tf.moments(maps, [0, 1, 2]);
  const normalised = tf.add(
    tf.mul(tf.mul(tf.sub(maps, mean), tf.rsqrt(tf.add(variance, 1e-3))), scale as Tensor),
    offset as Tensor,
  );
  const pooled = tf.maxPool(tf.relu(normalised) as Tensor4D, 2, 2, 'valid');
  const output = tf.sigmoid(tf.matMul(tf.reshape(pooled, [IMAGES[0], 64]), dense as Tensor as Tensor<never>));
  const labels = tf.tensor2d([0, 1, 1, 0], [4, 1]);
  const entropy = tf.add(tf.mul(labels, tf.log(output)), tf.mul(tf.sub(1, labels), tf.log(tf.sub(1, output))));
  return tf.neg(tf.mean(entropy)) as Scalar;
}

/** Values between `-range` and `range` without any pattern a wrong kernel could get right by accident. */
function pattern(tf: Tf, shape: readonly number[], range: number, first = 0): Tensor {
  const size = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from(
    { length: size },
    (_, i) => ((((i + first) * 7919 + 104729) % 997) / 498 - 1) * range,
  );
  return tf.tensor(values, [...shape]);
}
