/** Divides the originals of train and validation into folds; families and exact duplicates stay together. */
import type { Sample } from '../../src/generated/sample.ts';
import type { Random } from '../../src/sdk/index.ts';
import { groupSamples } from '../lib/dataset/groups.ts';

/**
 * @param random  gives the stream of a stratum.
 * @returns the fold of each family, from 0. Each class is spread evenly.
 */
export function assignFolds(
  samples: readonly Sample[],
  folds: number,
  random: (stream: string) => Random,
): Map<string, number> {
  const strata = new Map<string, ReturnType<typeof groupSamples>>();
  for (const group of groupSamples(samples)) {
    const stratum = strata.get(group.stratum);
    if (stratum === undefined) strata.set(group.stratum, [group]);
    else stratum.push(group);
  }
  const foldOf = new Map<string, number>();
  const sizes = new Array<number>(folds).fill(0);
  for (const [name, groups] of strata) {
    const inStratum = new Array<number>(folds).fill(0);
    const order = random(name).shuffle([...groups]);
    order.sort((a, b) => b.originals - a.originals);
    for (const { members, originals } of order) {
      // The fold with fewest of this class; of equals the smallest in all, so that remainders of classes even out.
      const fold = inStratum.reduce((best, count, i) => {
        const fewest = inStratum[best] as number;
        return count < fewest || (count === fewest && (sizes[i] as number) < (sizes[best] as number)) ? i : best;
      }, 0);
      inStratum[fold] = (inStratum[fold] as number) + originals;
      sizes[fold] = (sizes[fold] as number) + originals;
      for (const { family } of members) foldOf.set(family, fold);
    }
  }
  return foldOf;
}
