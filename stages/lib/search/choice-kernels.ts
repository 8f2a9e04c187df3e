/** Kernels over the places of a choice. */
import type { Kernels } from './kernels.ts';

/**
 * Kernel i of the K = m + 1 kernels: every choice weighs 1/K, the observed one 1 more, then normalised. The last kernel is
 * the prior, which is uniform.
 *
 * @param choices   how many there are.
 * @param observed  m places, from 0.
 */
export function choiceKernels(choices: number, observed: Float64Array): Kernels {
  const count = observed.length + 1;
  const total = 1 + choices / count;
  const other = 1 / count / total;
  const own = (1 + 1 / count) / total;
  const [logOther, logOwn, logPrior] = [Math.log(other), Math.log(own), -Math.log(choices)];
  const peaks = new Float64Array(count).fill(logOwn);
  peaks[observed.length] = logPrior;
  const places = Uint32Array.from(observed);
  const differences = new Float64Array(choices);

  return {
    peaks,
    draw(kernel, random) {
      const share = random.uniform();
      const centre = observed[kernel];
      if (centre === undefined) return Math.floor(share * choices);
      // The observed place first, then the others in order: any order gives the same distribution.
      if (share < own) return centre;
      const place = Math.min(choices - 2, Math.floor((share - own) / other));
      return place < centre ? place : place + 1;
    },
    logDensity(kernel, code) {
      if (kernel === observed.length) return logPrior;
      return observed[kernel] === code ? logOwn : logOther;
    },
    addTo(sums, kept, length, code) {
      // Nothing is dropped: which kernels match has no pattern, and deciding costs more than adding.
      differences.fill(logOther - logOwn)[code] = 0;
      for (let i = 0; i < length; i++)
        sums[i] = (sums[i] as number) + (differences[places[kept[i] as number] as number] as number);
      return length;
    },
  };
}
