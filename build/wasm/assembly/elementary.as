/**
 * exp, log and what is made of them, four at a time.
 *
 * Own, so that results depend on no library of the machine. Polynomials and reductions of S. Moshier's Cephes library
 * (expf, logf, tanhf), with errors of at most two units in the last place; erf by Abramowitz and Stegun 7.1.26.
 */
import { mulAdd } from './lanes';

@inline
function all(value: f32): v128 {
  return f32x4.splat(value);
}

@inline
export function exp4(x: v128): v128 {
  // Past these limits the result is infinite or zero anyway.
  let v = f32x4.min(f32x4.max(x, all(-104)), all(89));
  const n = f32x4.nearest(f32x4.mul(v, all(1.44269504088896341)));
  v = f32x4.sub(v, f32x4.mul(n, all(0.693359375)));
  v = f32x4.sub(v, f32x4.mul(n, all(-2.12194440e-4)));
  let p = all(1.9875691500e-4);
  p = mulAdd(all(1.3981999507e-3), p, v);
  p = mulAdd(all(8.3334519073e-3), p, v);
  p = mulAdd(all(4.1665795894e-2), p, v);
  p = mulAdd(all(1.6666665459e-1), p, v);
  p = mulAdd(all(5.0000001201e-1), p, v);
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(v, v)), v), all(1));
  // In two factors, since 2^n alone may be out of range where the product is not.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  const first = i32x4.shl(i32x4.add(half, i32x4.splat(127)), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(whole, half), i32x4.splat(127)), 23);
  const y = f32x4.mul(f32x4.mul(p, first), second);
  return v128.bitselect(x, y, f32x4.ne(x, x));
}

@inline
export function log4(x: v128): v128 {
  // A denormal number is made a normal one first.
  const tiny = f32x4.lt(x, all(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, all(8388608)), x, tiny);
  let exponent = i32x4.sub(i32x4.shr_u(scaled, 23), i32x4.splat(126));
  exponent = i32x4.sub(exponent, v128.and(tiny, i32x4.splat(23)));
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const low = f32x4.lt(m, all(0.707106781186547524));
  let e = f32x4.convert_i32x4_s(i32x4.add(exponent, low));
  m = f32x4.sub(f32x4.add(m, v128.and(m, low)), all(1));
  const z = f32x4.mul(m, m);
  let p = all(7.0376836292e-2);
  p = mulAdd(all(-1.1514610310e-1), p, m);
  p = mulAdd(all(1.1676998740e-1), p, m);
  p = mulAdd(all(-1.2420140846e-1), p, m);
  p = mulAdd(all(1.4249322787e-1), p, m);
  p = mulAdd(all(-1.6668057665e-1), p, m);
  p = mulAdd(all(2.0000714765e-1), p, m);
  p = mulAdd(all(-2.4999993993e-1), p, m);
  p = mulAdd(all(3.3333331174e-1), p, m);
  let y = f32x4.mul(f32x4.mul(p, m), z);
  y = mulAdd(y, e, all(-2.12194440e-4));
  y = f32x4.sub(y, f32x4.mul(z, all(0.5)));
  y = mulAdd(f32x4.add(m, y), e, all(0.693359375));
  y = v128.bitselect(x, y, f32x4.eq(x, all(Infinity)));
  y = v128.bitselect(all(-Infinity), y, f32x4.eq(x, all(0)));
  // Less than zero, or not a number.
  return v128.bitselect(all(NaN), y, v128.not(f32x4.ge(x, all(0))));
}

/** log(1 + x), for small x, too. */
@inline
export function log1p4(x: v128): v128 {
  const small = f32x4.lt(f32x4.abs(x), all(1e-3));
  const series = f32x4.mul(x, f32x4.add(all(1), f32x4.mul(x, mulAdd(all(-0.5), x, all(1.0 / 3.0)))));
  return v128.bitselect(series, log4(f32x4.add(all(1), x)), small);
}

/** exp(x) - 1, for small x, too. */
@inline
export function expm14(x: v128): v128 {
  const small = f32x4.lt(f32x4.abs(x), all(0.01));
  const series = f32x4.mul(x, mulAdd(all(1), x, mulAdd(all(0.5), x, mulAdd(all(1.0 / 6.0), x, all(1.0 / 24.0)))));
  return v128.bitselect(series, f32x4.sub(exp4(x), all(1)), small);
}

@inline
export function sigmoid4(x: v128): v128 {
  const one = all(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

@inline
export function tanh4(x: v128): v128 {
  const size = f32x4.abs(x);
  const z = f32x4.mul(x, x);
  let p = all(-5.70498872745e-3);
  p = mulAdd(all(2.06390887954e-2), p, z);
  p = mulAdd(all(-5.37397155531e-2), p, z);
  p = mulAdd(all(1.33314422036e-1), p, z);
  p = mulAdd(all(-3.33332819422e-1), p, z);
  const near = f32x4.add(f32x4.mul(f32x4.mul(p, z), x), x);
  const e = exp4(f32x4.add(size, size));
  const far = f32x4.sub(all(1), f32x4.div(all(2), f32x4.add(e, all(1))));
  const signed = v128.or(far, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(near, signed, f32x4.lt(size, all(0.625)));
}

/** log(1 + exp(x)) without overflow. */
@inline
export function softplus4(x: v128): v128 {
  const tail = log1p4(exp4(f32x4.neg(f32x4.abs(x))));
  return f32x4.add(f32x4.max(x, all(0)), tail);
}

@inline
export function erf4(x: v128): v128 {
  const size = f32x4.abs(x);
  const one = all(1);
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(all(0.3275911), size)));
  let p = all(1.061405429);
  p = mulAdd(all(-1.453152027), p, t);
  p = mulAdd(all(1.421413741), p, t);
  p = mulAdd(all(-0.284496736), p, t);
  p = mulAdd(all(0.254829592), p, t);
  const y = f32x4.sub(one, f32x4.mul(f32x4.mul(p, t), exp4(f32x4.neg(f32x4.mul(size, size)))));
  return v128.or(y, v128.and(x, i32x4.splat(0x80000000)));
}
