/** Groups of samples that must stay on one side of any split: families, and families whose originals are exact duplicates. */
import type { Sample } from '../../../src/generated/sample.ts';
import { isOriginal } from './read-dataset.ts';

export interface Part {
  /** In the order of the dataset. */
  readonly members: readonly Sample[];
  readonly originals: number;
  /** Labels of its first member, as one text: what stratification goes by. */
  readonly stratum: string;
}

/** In the order of first members. */
export function groupSamples(samples: readonly Sample[]): Part[] {
  const contentOf = new Map<string, string>();
  for (const { family, content } of samples) if (content !== undefined) contentOf.set(family, content);
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const content = contentOf.get(sample.family);
    const name = content === undefined ? `family ${sample.family}` : `content ${content}`;
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
