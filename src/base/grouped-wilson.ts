/**
 * Interval of a share where what is counted comes in groups: views of one part, pictures of one patient.
 *
 * Wilson's interval for as many draws as the groups are worth: the number of samples divided by how much wider groups make the
 * variance of the share than independent samples would (L. Kish, Survey Sampling, 1965; so used by E. Korn, B. Graubard, Survey
 * Methodology 24, 1998). A bootstrap of groups has no width where all are right; this has.
 */
import { wilsonInterval } from './wilson.ts';

/**
 * @param right   1 for each sample that is right, else 0.
 * @param groups  of each sample the name of its group; one that stands alone has a name of its own.
 */
export function groupedWilson(right: ArrayLike<number>, groups: readonly string[]): [low: number, high: number] {
  const sums = new Map<string, { right: number; samples: number }>();
  groups.forEach((name, i) => {
    const sum = sums.get(name) ?? { right: 0, samples: 0 };
    sum.right += right[i] as number;
    sum.samples++;
    sums.set(name, sum);
  });
  const samples = groups.length;
  const hits = [...sums.values()].reduce((total, sum) => total + sum.right, 0);
  if (sums.size === samples) return wilsonInterval(hits, samples);
  const draws = worthOf([...sums.values()], hits / samples, samples);
  return wilsonInterval((hits / samples) * draws, draws);
}

/** How many independent samples tell as much: no more than there are; as many as groups where nothing shows how far they agree. */
function worthOf(
  groups: readonly { readonly right: number; readonly samples: number }[],
  share: number,
  samples: number,
): number {
  if (share === 0 || share === 1 || groups.length < 2) return groups.length;
  const squares = groups.reduce((sum, each) => sum + (each.right - share * each.samples) ** 2, 0);
  const variance = (groups.length / (groups.length - 1)) * (squares / samples ** 2);
  const ifIndependent = (share * (1 - share)) / samples;
  return samples / Math.max(1, variance / ifIndependent);
}
