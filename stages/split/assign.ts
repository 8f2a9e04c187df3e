/** Assigns groups to splits so that the numbers of originals come as near to the shares as whole groups allow. */
import type { Random } from '../../src/sdk/index.ts';
import { strataOf } from '../lib/dataset/folds.ts';
import type { Part } from '../lib/dataset/groups.ts';
import { stratifyIteratively } from '../lib/dataset/iterative.ts';

export const SPLITS = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLITS)[number];

/** How shares that are no whole numbers become whole ones: counts of a total, in the order of SPLITS. */
export type Rounding = (total: number, shares: readonly number[]) => number[];

export interface Assignment {
  /** Of the splits, in the order of SPLITS; they add up to 1. */
  readonly shares: readonly number[];
  readonly stratify: boolean;
  readonly rounding: Rounding;
  /** Gives the stream of a stratum. */
  readonly random: (stream: string) => Random;
}

/** @returns the split of each sample, by id. */
export function assignGroups(groups: readonly Part[], how: Assignment): Map<string, SplitName> {
  const splitOf = new Map<string, SplitName>();
  for (const [name, members] of strataOf(groups, how.stratify)) {
    const missing = how.rounding(countOriginals(members), how.shares);
    const order = how.random(name).shuffle([...members]);
    // Large groups first: small ones then even out what is left.
    order.sort((a, b) => b.originals - a.originals);
    for (const group of order) {
      const place = missing.indexOf(Math.max(...missing));
      missing[place] = (missing[place] ?? 0) - group.originals;
      mark(splitOf, group, place);
    }
  }
  return splitOf;
}

/** For samples with several labels. */
export function assignMultiLabel(groups: readonly Part[], shares: readonly number[], random: Random) {
  const splitOf = new Map<string, SplitName>();
  stratifyIteratively(groups, shares, random).forEach((place, i) => {
    mark(splitOf, groups[i] as Part, place);
  });
  return splitOf;
}

/** The earliest groups to train, the latest to test; a group counts with its latest sample, so that nothing of it is known early. */
export function assignByTime(groups: readonly Part[], shares: readonly number[], rounding: Rounding) {
  const latest = (group: Part) => group.members.reduce((last, { time = '' }) => (time > last ? time : last), '');
  const ordered = groups
    .map((group) => ({ group, time: latest(group) }))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  const missing = rounding(countOriginals(groups), shares);
  const splitOf = new Map<string, SplitName>();
  let place = 0;
  for (const { group } of ordered) {
    while (place < missing.length - 1 && (missing[place] ?? 0) <= 0) place++;
    missing[place] = (missing[place] ?? 0) - group.originals;
    mark(splitOf, group, place);
  }
  return splitOf;
}

function mark(splitOf: Map<string, SplitName>, group: Part, place: number): void {
  for (const { id } of group.members) splitOf.set(id, SPLITS[place] ?? 'train');
}

function countOriginals(groups: readonly Part[]): number {
  return groups.reduce((sum, { originals }) => sum + originals, 0);
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

/** Every share but the first is rounded up, as far as there is anything left; the first gets the rest. */
export function roundedUp(total: number, shares: readonly number[]): number[] {
  let left = total;
  const counts = shares.map((share, place) => {
    if (place === 0) return 0;
    const count = Math.min(left, Math.ceil(share * total - 1e-9));
    left -= count;
    return count;
  });
  counts[0] = left;
  return counts;
}
