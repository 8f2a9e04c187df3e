/** Steps of gradient descent, in place. `from` and `to` count values in steps of 16, `size` ends the last. */
import { bytes, mulAdd, storeFirst } from './lanes';

/** w -= rate * (g + decay * w). */
export function sgdStep(w: usize, g: usize, size: i32, rate: f32, decay: f32, from: i32, to: i32): void {
  const last = min(size, to);
  const r = f32x4.splat(rate), d = f32x4.splat(decay);
  for (let i = from; i < last; i += 4) {
    const at = bytes(i);
    const weight = v128.load(w + at);
    const gradient = mulAdd(v128.load(g + at), d, weight);
    storeFirst(w + at, f32x4.sub(weight, f32x4.mul(r, gradient)), last - i);
  }
}

/** v = momentum * v - rate * g; w += v, or with Nesterov's look ahead w += momentum * v - rate * g. */
export function momentumStep(
  w: usize, g: usize, v: usize, size: i32, rate: f32, momentum: f32, nesterov: i32, decay: f32, from: i32, to: i32,
): void {
  const last = min(size, to);
  const r = f32x4.splat(rate), m = f32x4.splat(momentum), d = f32x4.splat(decay);
  for (let i = from; i < last; i += 4) {
    const at = bytes(i);
    const weight = v128.load(w + at);
    const pull = f32x4.mul(r, mulAdd(v128.load(g + at), d, weight));
    const velocity = f32x4.sub(f32x4.mul(m, v128.load(v + at)), pull);
    const move = nesterov ? f32x4.sub(f32x4.mul(m, velocity), pull) : velocity;
    storeFirst(v + at, velocity, last - i);
    storeFirst(w + at, f32x4.add(weight, move), last - i);
  }
}

/** v = keep * v + (1 - keep) * g^2; w -= rate * g / (sqrt(v) + epsilon). */
export function rmspropStep(
  w: usize, g: usize, v: usize, size: i32, rate: f32, keep: f32, epsilon: f32, decay: f32, from: i32, to: i32,
): void {
  const last = min(size, to);
  const r = f32x4.splat(rate), k = f32x4.splat(keep), rest = f32x4.splat(1 - keep);
  const e = f32x4.splat(epsilon), d = f32x4.splat(decay);
  for (let i = from; i < last; i += 4) {
    const at = bytes(i);
    const weight = v128.load(w + at);
    const gradient = mulAdd(v128.load(g + at), d, weight);
    const square = mulAdd(f32x4.mul(k, v128.load(v + at)), rest, f32x4.mul(gradient, gradient));
    const move = f32x4.div(f32x4.mul(r, gradient), f32x4.add(f32x4.sqrt(square), e));
    storeFirst(v + at, square, last - i);
    storeFirst(w + at, f32x4.sub(weight, move), last - i);
  }
}

/**
 * m and v as Adam keeps them; w -= rate * m * meanScale / (sqrt(v * squareScale) + epsilon) + rate * detached * w.
 *
 * @param decay     added to the gradient as decay * w
 * @param detached  decay past the gradient, as in AdamW
 */
export function adamStep(
  w: usize, g: usize, m: usize, v: usize, size: i32, rate: f32, beta1: f32, beta2: f32, epsilon: f32,
  meanScale: f32, squareScale: f32, decay: f32, detached: f32, from: i32, to: i32,
): void {
  const last = min(size, to);
  const b1 = f32x4.splat(beta1), c1 = f32x4.splat(1 - beta1), b2 = f32x4.splat(beta2), c2 = f32x4.splat(1 - beta2);
  const step = f32x4.splat(rate * meanScale), scale = f32x4.splat(squareScale), e = f32x4.splat(epsilon);
  const d = f32x4.splat(decay), shrink = f32x4.splat(rate * detached);
  for (let i = from; i < last; i += 4) {
    const at = bytes(i);
    const weight = v128.load(w + at);
    const gradient = mulAdd(v128.load(g + at), d, weight);
    const mean = mulAdd(f32x4.mul(b1, v128.load(m + at)), c1, gradient);
    const square = mulAdd(f32x4.mul(b2, v128.load(v + at)), c2, f32x4.mul(gradient, gradient));
    const move = f32x4.div(f32x4.mul(step, mean), f32x4.add(f32x4.sqrt(f32x4.mul(square, scale)), e));
    storeFirst(m + at, mean, last - i);
    storeFirst(v + at, square, last - i);
    storeFirst(w + at, f32x4.sub(f32x4.sub(weight, move), f32x4.mul(shrink, weight)), last - i);
  }
}
