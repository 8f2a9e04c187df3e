/**
 * Softmax regression with L2 penalty, fitted by L-BFGS: the baseline classifier on small feature vectors.
 *
 * Deterministic: full batch, weights start at zero, a fixed order of sums. Features are standardised inside. Two-loop recursion
 * and Armijo search after Nocedal and Wright, Numerical Optimization (2006), algorithms 7.4 and 3.1.
 */

const MEMORY = 8;
const MAX_STEPS = 80;
const MIN_GAIN = 1e-6;

export interface SoftmaxModel {
  /** Class probabilities of rows `[n, features]`, as `[n, classes]`. */
  probabilities(rows: Float64Array): Float64Array;
}

/**
 * @param rows     `[n, features]`, row by row.
 * @param labels   class of each row, 0 to classes - 1.
 * @param penalty  weight of the mean square of the weights beside the mean loss; above 0, so that the optimum is unique.
 */
export function fitSoftmax(
  rows: Float64Array,
  labels: readonly number[],
  classes: number,
  penalty: number,
): SoftmaxModel {
  const n = labels.length;
  const features = rows.length / n;
  const scale = standardisation(rows, n, features);
  const x = scale(rows);
  const width = features + 1;
  const objective = (weights: Float64Array, gradient: Float64Array): number => {
    const p = forward(x, weights, n, features, classes);
    gradient.fill(0);
    let loss = 0;
    for (let i = 0; i < n; i++) {
      const label = labels[i] as number;
      loss -= Math.log(Math.max(1e-300, p[i * classes + label] as number));
      for (let k = 0; k < classes; k++) {
        const error = ((p[i * classes + k] as number) - (k === label ? 1 : 0)) / n;
        const at = k * width;
        for (let f = 0; f < features; f++) {
          gradient[at + f] = (gradient[at + f] as number) + error * (x[i * features + f] as number);
        }
        gradient[at + features] = (gradient[at + features] as number) + error;
      }
    }
    loss /= n;
    weights.forEach((weight, at) => {
      if (at % width === features) return;
      loss += (penalty / 2) * weight * weight;
      gradient[at] = (gradient[at] as number) + penalty * weight;
    });
    return loss;
  };
  const weights = minimise(objective, classes * width);
  return {
    probabilities: (given) => forward(scale(given), weights, given.length / features, features, classes),
  };
}

function standardisation(rows: Float64Array, n: number, features: number): (given: Float64Array) => Float64Array {
  const mean = new Float64Array(features);
  const deviation = new Float64Array(features);
  rows.forEach((value, at) => {
    mean[at % features] = (mean[at % features] as number) + value / n;
  });
  rows.forEach((value, at) => {
    const f = at % features;
    deviation[f] = (deviation[f] as number) + (value - (mean[f] as number)) ** 2 / n;
  });
  // A constant feature says nothing; it becomes 0, not a division by 0.
  const inverse = deviation.map((variance) => (variance > 1e-12 ? 1 / Math.sqrt(variance) : 0));
  return (given) =>
    given.map((value, at) => (value - (mean[at % features] as number)) * (inverse[at % features] as number));
}

function forward(x: Float64Array, weights: Float64Array, n: number, features: number, classes: number): Float64Array {
  const p = new Float64Array(n * classes);
  const width = features + 1;
  for (let i = 0; i < n; i++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) {
      let sum = weights[k * width + features] as number;
      for (let f = 0; f < features; f++) sum += (weights[k * width + f] as number) * (x[i * features + f] as number);
      p[i * classes + k] = sum;
      largest = Math.max(largest, sum);
    }
    let total = 0;
    for (let k = 0; k < classes; k++) {
      const power = Math.exp((p[i * classes + k] as number) - largest);
      p[i * classes + k] = power;
      total += power;
    }
    for (let k = 0; k < classes; k++) p[i * classes + k] = (p[i * classes + k] as number) / total;
  }
  return p;
}

function minimise(objective: (w: Float64Array, gradient: Float64Array) => number, size: number): Float64Array {
  let weights: Float64Array = new Float64Array(size);
  let gradient: Float64Array = new Float64Array(size);
  let loss = objective(weights, gradient);
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let step = 0; step < MAX_STEPS; step++) {
    const direction = descent(gradient, steps);
    const slope = dot(direction, gradient);
    let length = step === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    let moved = weights;
    let next = gradient;
    let lower = loss;
    for (let tries = 0; tries < 30; tries++, length /= 2) {
      moved = weights.map((weight, i) => weight + length * (direction[i] as number));
      next = new Float64Array(size);
      lower = objective(moved, next);
      if (lower <= loss + 1e-4 * length * slope) break;
    }
    if (!(lower < loss)) break;
    const s = moved.map((weight, i) => weight - (weights[i] as number));
    const y = next.map((value, i) => value - (gradient[i] as number));
    const curvature = dot(s, y);
    if (curvature > 1e-12) steps.push({ s, y, rho: 1 / curvature });
    if (steps.length > MEMORY) steps.shift();
    const gain = loss - lower;
    [weights, gradient, loss] = [moved, next, lower];
    if (gain < MIN_GAIN * Math.max(1, loss)) break;
  }
  return weights;
}

function descent(gradient: Float64Array, steps: readonly { s: Float64Array; y: Float64Array; rho: number }[]) {
  const q = gradient.map((value) => -value);
  const alphas: number[] = [];
  for (const { s, y, rho } of [...steps].reverse()) {
    const alpha = rho * dot(s, q);
    alphas.unshift(alpha);
    add(q, y, -alpha);
  }
  const last = steps.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    q.forEach((value, i) => {
      q[i] = value * scale;
    });
  }
  steps.forEach(({ s, y, rho }, i) => {
    add(q, s, (alphas[i] as number) - rho * dot(y, q));
  });
  return q;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function add(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) + factor * (source[i] as number);
}
