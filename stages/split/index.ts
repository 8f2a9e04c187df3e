/**
 * split: marks each sample as train, validation or test.
 *
 * What must never be parted goes together: an original with everything derived from it, and images with equal pixels.
 * Validation and test hold originals only: derived samples that would fall there are left out.
 */
import fs from 'node:fs';
import type { SplitParams } from '../../src/generated/stages/split.ts';
import { type Filled, StageError, type StageRun } from '../../src/sdk/index.ts';
import { formatCsv } from '../lib/csv.ts';
import { type Carried, carrySamples } from '../lib/dataset/carry.ts';
import { groupSamples, type Part } from '../lib/dataset/groups.ts';
import { isOriginal, openDataset } from '../lib/dataset/read-dataset.ts';
import { assignGroups, SPLITS, type SplitName } from './assign.ts';

const run: StageRun<Filled<SplitParams>> = async ({ params, inputs, outputs, random, note }) => {
  const shares = SPLITS.map((name) => params[name]);
  const sum = shares.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9) {
    throw new StageError(`train, validation and test add up to ${Number(sum.toFixed(9))}, expected 1`, {
      code: 'E0806',
      hint: 'with: { train: 0.6, validation: 0.2, test: 0.2 }',
    });
  }
  const dataset = openDataset(inputs.dataset ?? '');
  const groups = groupSamples(dataset.samples);
  const partOf = assignGroups(groups, shares, params.stratify, (stream) => random(params.seed, `split/${stream}`));
  const carried: Carried[] = [];
  dataset.samples.forEach((sample, index) => {
    const split = partOf.get(sample.id);
    if (split === undefined) throw new Error(`no split for ${sample.id}`);
    if (split === 'train' || isOriginal(sample)) carried.push({ index, sample: { ...sample, split } });
  });
  assertWhole(groups, carried);

  const info = carrySamples(dataset, outputs.dataset ?? '', 'split', carried);
  const rows = info.classes.map((name) => [name, ...SPLITS.map((split) => info.splits?.[split]?.[name] ?? 0)]);
  fs.writeFileSync(outputs['split.csv'] ?? '', formatCsv(['class', ...SPLITS], rows));
  const sizes = SPLITS.map((split) => `${carried.filter(({ sample }) => sample.split === split).length} ${split}`);
  const missing = SPLITS.flatMap((split) =>
    params[split] > 0
      ? info.classes.filter((name) => !info.splits?.[split]?.[name]).map((name) => `no \`${name}\` in ${split}`)
      : [],
  );
  note([sizes.join(', '), ...missing].join('; '));
};
export default run;

/** Holds the promises this stage makes; a failure here is a bug of this stage. */
function assertWhole(groups: readonly Part[], carried: readonly Carried[]): void {
  const splits = new Map<string, SplitName | undefined>(carried.map(({ sample }) => [sample.id, sample.split]));
  for (const { members } of groups) {
    const found = new Set(members.flatMap(({ id }) => splits.get(id) ?? []));
    if (found.size > 1) throw new Error(`a family is in ${[...found].join(' and ')}`);
  }
  const derived = carried.find(({ sample }) => sample.split !== 'train' && !isOriginal(sample));
  if (derived !== undefined) throw new Error(`${derived.sample.id} is derived and in ${derived.sample.split}`);
}
