/**
 * Groups of samples that must stay on one side of any split: families, given groups, families whose originals are exact
 * duplicates, and those that someone else found to belong together.
 */
import type { Sample } from '../../../src/generated/sample.ts';
import { isOriginal } from './read-dataset.ts';

export interface Part {
  /** In the order of the dataset. */
  readonly members: readonly Sample[];
  readonly originals: number;
  /** Labels of its first member, as one text: what stratification goes by. */
  readonly stratum: string;
}

/**
 * In the order of first members.
 *
 * @param alike  pairs of ids that belong together, too, such as near duplicates.
 */
export function groupSamples(samples: readonly Sample[], alike: readonly (readonly [string, string])[] = []): Part[] {
  const contentOf = new Map<string, string>();
  const familyOf = new Map<string, string>();
  for (const { id, family, content } of samples) {
    if (content !== undefined) contentOf.set(family, content);
    familyOf.set(id, family);
  }
  const sets = new DisjointSets();
  for (const { family, group } of samples) {
    const content = contentOf.get(family);
    if (content !== undefined) sets.join(`family ${family}`, `content ${content}`);
    if (group !== undefined) sets.join(`family ${family}`, `group ${group}`);
  }
  for (const [a, b] of alike) sets.join(`family ${familyOf.get(a) ?? a}`, `family ${familyOf.get(b) ?? b}`);

  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const name = sets.root(`family ${sample.family}`);
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [sample]);
    else members.push(sample);
  }
  return [...groups.values()].map((members) => ({
    members,
    originals: members.filter(isOriginal).length,
    stratum: members[0]?.labels.join('\n') ?? '',
  }));
}

/** Of each sample the first one that it belongs together with: its own id where it stands alone. */
export function unitsOf(samples: readonly Sample[]): string[] {
  const units = new Map<Sample, string>();
  for (const { members } of groupSamples(samples))
    for (const sample of members) units.set(sample, members[0]?.id ?? sample.id);
  return samples.map((sample) => units.get(sample) ?? sample.id);
}

class DisjointSets {
  readonly #parents = new Map<string, string>();

  root(name: string): string {
    let at = name;
    for (let up = this.#parents.get(at); up !== undefined; up = this.#parents.get(at)) at = up;
    // The path is shortened, so that long chains are walked once.
    for (let each = name; each !== at; ) {
      const up = this.#parents.get(each) as string;
      this.#parents.set(each, at);
      each = up;
    }
    return at;
  }

  join(a: string, b: string): void {
    const [rootA, rootB] = [this.root(a), this.root(b)];
    if (rootA !== rootB) this.#parents.set(rootB, rootA);
  }
}
