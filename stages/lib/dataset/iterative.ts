/**
 * Iterative stratification for samples with several labels (Sechidis, Tsoumakas and Vlahavas, 2011).
 *
 * The rarest label that is left is shared out first, each group to the split that misses most of that label: frequent labels can
 * be evened out afterwards, rare ones cannot. Groups count with all their originals.
 */
import type { Random } from '../../../src/sdk/index.ts';
import type { Part } from './groups.ts';
import { isOriginal } from './read-dataset.ts';

/**
 * @param shares  of the splits; they add up to 1.
 * @returns for each group the place of its split.
 */
export function stratifyIteratively(groups: readonly Part[], shares: readonly number[], random: Random): number[] {
  const labelsOf = groups.map(countLabels);
  const totals = new Map<string, number>();
  for (const labels of labelsOf) for (const [label, n] of labels) totals.set(label, (totals.get(label) ?? 0) + n);
  const missing = new Map([...totals].map(([label, n]) => [label, shares.map((share) => share * n)]));
  const originals = groups.reduce((sum, group) => sum + group.originals, 0);
  const missingAll = shares.map((share) => share * originals);
  const assigned = new Array<number>(groups.length).fill(-1);
  const order = random.shuffle(groups.map((_, i) => i));

  for (let label = rarest(totals); label !== null; label = rarest(totals)) {
    for (const i of order) {
      if (assigned[i] === -1 && labelsOf[i]?.has(label)) assign(i, missing.get(label) as number[]);
    }
    totals.delete(label);
  }
  for (const i of order) if (assigned[i] === -1) assign(i, missingAll);
  return assigned;

  function assign(i: number, wanted: readonly number[]): void {
    let place = -1;
    for (let each = 0; each < shares.length; each++) {
      if (shares[each] === 0) continue;
      const gain = place < 0 ? 1 : (wanted[each] as number) - (wanted[place] as number);
      const tie = gain === 0 && (missingAll[each] as number) > (missingAll[place] as number);
      if (gain > 0 || tie) place = each;
    }
    assigned[i] = place;
    missingAll[place] = (missingAll[place] as number) - (groups[i]?.originals ?? 0);
    for (const [label, n] of labelsOf[i] ?? []) {
      const left = missing.get(label) as number[];
      left[place] = (left[place] as number) - n;
      const total = totals.get(label);
      if (total !== undefined) totals.set(label, total - n);
    }
  }
}

function countLabels({ members }: Part): Map<string, number> {
  const counts = new Map<string, number>();
  for (const sample of members.filter(isOriginal)) {
    for (const label of sample.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

/** The label with the fewest samples left, by name among equals; null when none is left. */
function rarest(totals: ReadonlyMap<string, number>): string | null {
  let found: string | null = null;
  for (const [label, n] of totals) {
    if (n <= 0) continue;
    const best = found === null ? Number.POSITIVE_INFINITY : (totals.get(found) ?? 0);
    if (n < best || (n === best && label < (found ?? ''))) found = label;
  }
  return found;
}
