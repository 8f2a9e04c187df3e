/** Exact duplicates: samples whose originals have equal pixels, whatever their files look like. */
import type { Sample } from '../../../src/generated/sample.ts';

/** One list for each content that occurs, in the order of first samples; unreadable ones are in none. */
export function groupByContent(samples: readonly Sample[]): Sample[][] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (sample.content === undefined) continue;
    const group = groups.get(sample.content);
    if (group === undefined) groups.set(sample.content, [sample]);
    else group.push(sample);
  }
  return [...groups.values()];
}
