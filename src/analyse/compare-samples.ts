/** Which samples came, went or changed between two datasets: from their `samples.jsonl`. */
import fs from 'node:fs';
import type { SampleChanges } from '../generated/diff.ts';
import { stageNames } from './compare-stages.ts';
import type { Records } from './records.ts';
import type { Member } from './subject.ts';

const SAMPLES = 'samples.jsonl';
/** Names shown; the counts are of all. */
const MOST_EXAMPLES = 10;

/** Of the first stage whose dataset differs: what follows from it downstream is no news. */
export function compareSamples(records: Records, first: Member, second: Member): SampleChanges | null {
  for (const stage of stageNames(first, second)) {
    const [a, b] = [sampleFile(records, first, stage), sampleFile(records, second, stage)];
    if (a === null || b === null || a === b) continue;
    const [before, now] = [readSamples(a), readSamples(b)];
    const came = [...now.keys()].filter((id) => !before.has(id));
    const went = [...before.keys()].filter((id) => !now.has(id));
    const changed = [...now].filter(([id, facts]) => before.has(id) && before.get(id) !== facts).map(([id]) => id);
    if (came.length + went.length + changed.length === 0) continue;
    return {
      stage,
      first: before.size,
      second: now.size,
      came: came.length,
      went: went.length,
      changed: changed.length,
      examples: [...came, ...went, ...changed].slice(0, MOST_EXAMPLES),
    };
  }
  return null;
}

function sampleFile(records: Records, member: Member, stage: string): string | null {
  for (const output of Object.values(member.stages.get(stage)?.action?.outputs ?? {})) {
    const file = output.kind === 'folder' ? records.file(output, SAMPLES) : null;
    if (file !== null) return file;
  }
  return null;
}

/** By id, what makes two samples of one name differ. */
function readSamples(file: string): Map<string, string> {
  const samples = new Map<string, string>();
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    try {
      const { id, source, digest, labels, split } = JSON.parse(line) as Record<string, unknown>;
      samples.set(String(id), JSON.stringify([source, digest, labels, split]));
    } catch {
      // A line that is no sample was no sample for the stages either.
    }
  }
  return samples;
}
