/** How many copies each original gets. Pure. */
import type { Sample } from '../../src/generated/sample.ts';
import { isOriginal } from '../lib/dataset/read-dataset.ts';

/** An original of train, or of a dataset that is not split: everything else is measured on and stays as it is. */
export function isEligible(sample: Sample): boolean {
  return isOriginal(sample) && (sample.split === undefined || sample.split === 'train');
}

/**
 * @param copies   of every eligible original.
 * @param balance  with it, rarer classes get further copies, shared out over their originals in order, until the images of
 *                 each class are as many as those of the largest. An original with several labels counts for its rarest.
 * @returns by id.
 */
export function countCopies(samples: readonly Sample[], copies: number, balance: boolean): Map<string, number> {
  const eligible = samples.filter(isEligible);
  const counts = new Map(eligible.map(({ id }) => [id, copies]));
  if (!balance) return counts;
  const perClass = new Map<string, number>();
  for (const { labels } of eligible) {
    for (const label of labels) perClass.set(label, (perClass.get(label) ?? 0) + 1);
  }
  const rarestOf = ({ labels }: Sample) =>
    [...labels].sort((a, b) => (perClass.get(a) ?? 0) - (perClass.get(b) ?? 0) || (a < b ? -1 : 1))[0];
  const target = Math.max(0, ...perClass.values()) * (1 + copies);
  for (const [name, originals] of perClass) {
    const members = eligible.filter((sample) => rarestOf(sample) === name);
    const missing = members.length === 0 ? 0 : target - originals * (1 + copies);
    members.forEach(({ id }, place) => {
      const share = Math.floor(missing / members.length) + (place < missing % members.length ? 1 : 0);
      counts.set(id, copies + share);
    });
  }
  return counts;
}
