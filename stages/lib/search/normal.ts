/**
 * The standard normal distribution on a log scale, exact far into its tails.
 *
 * Densities of narrow kernels are compared many standard deviations away from their centres, where the distribution
 * function itself is 0 in floating point; so everything here is a logarithm, and no two distribution functions are
 * subtracted from each other.
 */

const LOG_HALF = Math.log(0.5);
const SQRT_HALF = Math.SQRT1_2;
const SQRT_PI_INVERSE = 0.5641895835477563;
export const LOG_SQRT_2PI = 0.9189385332046728;

/**
 * erfc(x) * exp(x * x) for x above 0.46875, to about 16 digits.
 *
 * Rational Chebyshev approximations of Cody, "Rational Chebyshev approximations for the error function", Mathematics of
 * Computation 23 (1969), with the coefficients of his routine CALERF (netlib specfun), rounded to what a double holds.
 */
function scaledErfc(x: number): number {
  if (x <= 4) {
    let top = 2.1531153547440383e-8 * x;
    top = (top + 0.5641884969886701) * x;
    top = (top + 8.883149794388377) * x;
    top = (top + 66.11919063714163) * x;
    top = (top + 298.6351381974001) * x;
    top = (top + 881.952221241769) * x;
    top = (top + 1712.0476126340707) * x;
    top = (top + 2051.0783778260716) * x;
    let bottom = x;
    bottom = (bottom + 15.744926110709835) * x;
    bottom = (bottom + 117.6939508913125) * x;
    bottom = (bottom + 537.1811018620099) * x;
    bottom = (bottom + 1621.3895745666903) * x;
    bottom = (bottom + 3290.7992357334597) * x;
    bottom = (bottom + 4362.619090143247) * x;
    bottom = (bottom + 3439.3676741437216) * x;
    return (top + 1230.3393547979972) / (bottom + 1230.3393548037495);
  }
  const inverse = 1 / (x * x);
  let top = 0.016315387137302097 * inverse;
  top = (top + 0.30532663496123236) * inverse;
  top = (top + 0.36034489994980445) * inverse;
  top = (top + 0.12578172611122926) * inverse;
  top = (top + 0.016083785148742275) * inverse;
  let bottom = inverse;
  bottom = (bottom + 2.568520192289822) * inverse;
  bottom = (bottom + 1.8729528499234673) * inverse;
  bottom = (bottom + 0.5279051029514285) * inverse;
  bottom = (bottom + 0.06051834131244132) * inverse;
  const tail = (inverse * (top + 0.0006587491615298378)) / (bottom + 0.0023352049762686918);
  return (SQRT_PI_INVERSE - tail) / x;
}

/** The error function, odd, to about 16 digits; source as for the scaled complement. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 0.46875) {
    if (size > 6) return Math.sign(x);
    return Math.sign(x) * (1 - Math.exp(-size * size) * scaledErfc(size));
  }
  const square = x * x;
  let top = 0.18577770618460315 * square;
  top = (top + 3.1611237438705655) * square;
  top = (top + 113.86415415105016) * square;
  top = (top + 377.485237685302) * square;
  let bottom = square;
  bottom = (bottom + 23.601290952344122) * square;
  bottom = (bottom + 244.02463793444417) * square;
  bottom = (bottom + 1282.6165260773723) * square;
  return (x * (top + 3209.3775891384694)) / (bottom + 2844.236833439171);
}

/** Logarithm of the distribution function; relative error below 1e-13 for z from -1e8 to 8, absolute elsewhere. */
export function logCdf(z: number): number {
  if (z > 0) return Math.log1p(-Math.exp(logCdf(-z)));
  const x = -z * SQRT_HALF;
  if (x <= 0.46875) return Math.log(0.5 - 0.5 * erf(x));
  return LOG_HALF + Math.log(scaledErfc(x)) - x * x;
}

/**
 * Logarithm of the mass between a and b, a <= b. -Infinity when they are equal.
 *
 * An interval on the right is mirrored to the left; one around 0 is the sum of two error functions, so nothing cancels.
 */
export function logMass(a: number, b: number): number {
  if (a > 0) return logMass(-b, -a);
  if (b > 0) return Math.log(0.5 * (erf(b * SQRT_HALF) + erf(-a * SQRT_HALF)));
  const upper = logCdf(b);
  return upper + Math.log1p(-Math.exp(logCdf(a) - upper));
}

/** Whether `cellExcess` holds. */
export function isNarrowCell(z: number, width: number): boolean {
  return width <= 0.25 && z * width <= 1.3;
}

/**
 * By how much the logarithm of the mean density between z - width/2 and z + width/2 exceeds that of the density at z.
 *
 * Of a narrow cell: the logarithm of Σ He₂ᵢ(z) (width/2)²ⁱ / (2i+1)! as a series up to the eighth power, off by less than 1e-7.
 */
export function cellExcess(z: number, width: number): number {
  const [s, w] = [z * z, width * width];
  const fourth = s * s + 4 * s - 2;
  const sixth = ((s + 6) * s + 3) * s - 1;
  const eighth = (((s + 8) * s + 12) * s - 8 / 3) * s + 2 / 3;
  return w * ((s - 1) / 24 - w * (fourth / 2880 - w * (sixth / 181440 - (w * eighth) / 9676800)));
}

/**
 * The z with `logCdf(z)` = y, y below 0.
 *
 * Newton's method on the log scale, where the function is concave, from the tail's leading term or a logistic guess.
 * Stops at a relative step of 1e-12.
 */
export function inverseLogCdf(y: number): number {
  if (y > LOG_HALF) return -inverseLogCdf(Math.log(-Math.expm1(y)));
  let z = y < -5 ? -Math.sqrt(-2 * (y + LOG_SQRT_2PI)) : -Math.log(Math.expm1(-y)) * 0.5513288954217921;
  for (let round = 0; round < 50; round++) {
    const value = logCdf(z);
    const step = (value - y) * Math.exp(value + 0.5 * z * z + LOG_SQRT_2PI);
    z -= step;
    if (Math.abs(step) <= 1e-12 * Math.abs(z)) break;
  }
  return z;
}

/**
 * The place of a normal distribution cut to [a, b] (in standard deviations) below which the share q of it lies.
 *
 * @param q  in [0, 1).
 */
export function truncatedQuantile(q: number, a: number, b: number): number {
  if (a >= 0) return -truncatedQuantile(1 - q, -b, -a);
  if (q <= 0) return a;
  if (q >= 1) return b;
  const z = inverseLogCdf(logSum(logCdf(a), Math.log(q) + logMass(a, b)));
  return Math.min(b, Math.max(a, z));
}

function logSum(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  return large + Math.log1p(Math.exp(small - large));
}
