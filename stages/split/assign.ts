/** Assigns groups to splits so that the numbers of originals come as near to the shares as whole groups allow. */
import type { Random } from '../../src/sdk/index.ts';
import type { Part } from '../lib/dataset/groups.ts';

export const SPLITS = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLITS)[number];

/**
 * @param shares  of the splits, in the order of SPLITS; they add up to 1.
 * @param random  gives the stream of a stratum.
 * @returns the split of each sample, by id.
 */
export function assignGroups(
  groups: readonly Part[],
  shares: readonly number[],
  stratify: boolean,
  random: (stream: string) => Random,
): Map<string, SplitName> {
  const strata = new Map<string, Part[]>();
  for (const group of groups) {
    const name = stratify ? group.stratum : '';
    const members = strata.get(name);
    if (members === undefined) strata.set(name, [group]);
    else members.push(group);
  }
  const splitOf = new Map<string, SplitName>();
  for (const [name, members] of strata) {
    const total = members.reduce((sum, { originals }) => sum + originals, 0);
    const missing = largestRemainder(total, shares);
    const order = random(name).shuffle([...members]);
    // Large groups first: small ones then even out what is left.
    order.sort((a, b) => b.originals - a.originals);
    for (const group of order) {
      const place = missing.indexOf(Math.max(...missing));
      missing[place] = (missing[place] ?? 0) - group.originals;
      for (const { id } of group.members) splitOf.set(id, SPLITS[place] ?? 'train');
    }
  }
  return splitOf;
}

/** Whole numbers that add up to `total`, each within one of its share: the largest fractions are rounded up. */
export function largestRemainder(total: number, shares: readonly number[]): number[] {
  const quotas = shares.map((share) => share * total);
  // A quota that is whole but for rounding, such as 0.6 * 85, must not count as a fraction below it.
  const counts = quotas.map((quota) => Math.floor(quota + 1e-9));
  const byFraction = quotas.map((_, place) => place).sort((a, b) => fraction(b) - fraction(a) || a - b);
  let left = total - counts.reduce((sum, count) => sum + count, 0);
  for (const place of byFraction) {
    if (left === 0) break;
    if ((shares[place] ?? 0) === 0) continue;
    counts[place] = (counts[place] ?? 0) + 1;
    left--;
  }
  return counts;

  function fraction(place: number): number {
    return Number(((quotas[place] ?? 0) - (counts[place] ?? 0)).toFixed(9));
  }
}
