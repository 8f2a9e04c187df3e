/**
 * split: marks each sample as train, validation or test, or with the fold it validates in.
 *
 * What must never be parted goes together: an original with everything derived from it, given groups, images with equal
 * pixels. Validation and test hold originals only: derived samples that would fall there are left out. In folds they stay, for
 * the trainings that learn from their fold.
 */
import fs from 'node:fs';
import type { SplitParams } from '../../src/generated/stages/split.ts';
import { type Filled, type StageContext, StageError, type StageRun } from '../../src/sdk/index.ts';
import { type Carried, carrySamples } from '../lib/dataset/carry.ts';
import { assignFolds, checkFolds, sideOf } from '../lib/dataset/folds.ts';
import { groupSamples, type Part } from '../lib/dataset/groups.ts';
import { type Dataset, imageKey, isOriginal, openDataset } from '../lib/dataset/read-dataset.ts';
import { alikePairs } from '../lib/image/perceptual-hash.ts';
import { mapImages } from '../lib/map-images.ts';
import { withPool } from '../lib/threads/pool.ts';
import { assignByTime, assignGroups, assignMultiLabel, largestRemainder, roundedUp, type SplitName } from './assign.ts';
import { describeSplit, splitTable } from './describe.ts';
import { HASHING } from './hash-image.ts';

type Context = StageContext<Filled<SplitParams>>;

const run: StageRun<Filled<SplitParams>> = async (context) => {
  const { params, inputs, outputs, note } = context;
  const shares = checkShares(params);
  const dataset = openDataset(inputs.dataset ?? '');
  const groups = groupSamples(dataset.samples, await nearDuplicates(context, dataset));
  const kept = keptSplits(groups, params.keep);
  const free = groups.filter((group) => !kept.has(group));
  const partOf = assign(context, dataset, free, shares);
  // What belongs to a kept sample and is not given there itself may be on no other side, and a given split is not added to.
  const companions = new Set<string>();
  for (const [{ members }, split] of kept) {
    for (const sample of members) {
      if (sample.split === split) partOf.set(sample.id, split);
      else companions.add(sample.id);
    }
  }

  const folds = divide(context, dataset, groups, partOf);
  const carried: Carried[] = [];
  dataset.samples.forEach((sample, index) => {
    if (companions.has(sample.id)) return;
    const given = partOf.get(sample.id);
    if (given === undefined) throw new Error(`no split for ${sample.id}`);
    const { fold: _old, ...rest } = sample;
    const split = folds !== null && given === 'validation' ? 'train' : given;
    const fold = split === 'train' ? folds?.get(sample.family) : undefined;
    if (split === 'train' || isOriginal(sample))
      carried.push({ index, sample: { ...rest, split, ...(fold === undefined ? {} : { fold }) } });
  });
  assertWhole(groups, carried, folds !== null);

  const { classes } = carrySamples(dataset, outputs.dataset ?? '', 'split', carried);
  const samples = carried.map(({ sample }) => sample);
  fs.writeFileSync(outputs['split.csv'] ?? '', splitTable(classes, samples, params.folds ?? 0));
  const left = companions.size > 0 ? [`${companions.size} left out beside kept ones they belong to`] : [];
  note([...describeSplit(classes, samples, params), ...left].join('; '));
};
export default run;

/** The fold of each family that is not in test; null where nothing is divided into folds. */
function divide(
  { params, random }: Context,
  { info }: Dataset,
  groups: readonly Part[],
  partOf: ReadonlyMap<string, SplitName>,
): Map<string, number> | null {
  const { folds, stratify, seed } = params;
  if (folds === null) return null;
  const isDivided = ({ members }: Part) => members.some(({ id }) => partOf.has(id) && partOf.get(id) !== 'test');
  const divided = groups.filter(isDivided);
  checkFolds(folds, divided, ['folds']);
  const spread = !stratify ? 'nothing' : info.task === 'multi-label' ? 'labels' : 'classes';
  return assignFolds(divided, { folds, spread, random: (stream) => random(seed, `split/folds/${stream}`) });
}

/** In the order of SPLITS. */
function checkShares(params: Filled<SplitParams>): number[] {
  const shares = sharesOf(params);
  const sum = shares.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9) {
    throw new StageError(`train, validation and test add up to ${Number(sum.toFixed(9))}, expected 1`, {
      code: 'E0806',
      hint: 'with: { train: 0.6, validation: 0.2, test: 0.2 }',
    });
  }
  const both = params.keep.find((name) => params[name] > 0);
  if (both !== undefined) {
    throw new StageError(`\`${both}\` is kept as given, and has a share of ${params[both]} of the other samples`, {
      code: 'E0806',
      hint: `with: { keep: [${both}], ${both}: 0 }, the other shares adding up to 1`,
    });
  }
  if (params.folds !== null && (params.order === 'time' || params.keep.includes('validation'))) {
    const [found, hint] =
      params.order === 'time'
        ? ['`order: time` keeps later samples from training', 'with: { order: random }']
        : ['`validation` is kept as given', 'with: { keep: [test] }'];
    throw new StageError(`${found}, but with \`folds\` all that is not test trains and validates in turn`, {
      code: 'E0806',
      hint,
      param: ['folds'],
    });
  }
  return shares;
}

/** Groups with a sample in a split that is kept. @throws StageError when a group has samples in two of them. */
function keptSplits(groups: readonly Part[], keep: readonly SplitName[]): Map<Part, SplitName> {
  const kept = new Map<Part, SplitName>();
  for (const group of groups) {
    const found = [...new Set(group.members.flatMap(({ split }) => (split && keep.includes(split) ? [split] : [])))];
    if (found.length > 1) {
      const ids = found.map((split) => group.members.find((sample) => sample.split === split)?.id);
      throw new StageError(`\`${ids.join('` and `')}\` belong together and are given in ${found.join(' and ')}`, {
        code: 'E0807',
        hint: 'leave one of them out with a `filter` stage and `duplicates: drop`, or do not keep both splits',
      });
    }
    if (found[0] !== undefined) kept.set(group, found[0]);
  }
  return kept;
}

function assign(
  { params, random }: Context,
  dataset: Dataset,
  groups: readonly Part[],
  shares: readonly number[],
): Map<string, SplitName> {
  const rounding = params.rounding === 'up' ? roundedUp : largestRemainder;
  const stream = (name: string) => random(params.seed, `split/${name}`);
  if (params.order === 'time') {
    const timeless = dataset.samples.find((sample) => isOriginal(sample) && sample.time === undefined);
    if (timeless !== undefined) {
      throw new StageError(`\`${timeless.id}\` has no time to be ordered by`, {
        code: 'E0807',
        hint: 'give `ingest` a label table with the column `time`, or use `order: random`',
      });
    }
    return assignByTime(groups, shares, rounding);
  }
  if (params.stratify && dataset.info.task === 'multi-label') return assignMultiLabel(groups, shares, stream('labels'));
  return assignGroups(groups, { shares, stratify: params.stratify, rounding, random: stream });
}

/** With folds only the share of test is asked for: train and validation, which count together, are what it leaves. */
function sharesOf({ folds, train, validation, test }: Filled<SplitParams>): number[] {
  if (folds === null) return [train, validation, test];
  const others = train + validation;
  if (others === 0) return [1 - test, 0, test];
  const scale = (1 - test) / others;
  return [train * scale, validation * scale, test];
}

/** Pairs of ids of originals that look alike. */
async function nearDuplicates(context: Context, dataset: Dataset): Promise<[string, string][]> {
  const limit = context.params.nearDuplicates;
  if (limit === null) return [];
  const originals = dataset.samples.flatMap((sample, index) => (isOriginal(sample) ? [{ sample, index }] : []));
  const items = context.itemsFor('perceptual hashes');
  const hashes = await withPool(context, HASHING, (hash) =>
    mapImages(context, originals, ({ sample, index }) =>
      items.bytes(imageKey(sample), () => hash(dataset.image(index))),
    ),
  );
  return alikePairs(hashes, limit, 1).map(({ first, second }) => [
    originals[first]?.sample.id ?? '',
    originals[second]?.sample.id ?? '',
  ]);
}

/** Holds the promises this stage makes; a failure here is a bug of this stage. */
function assertWhole(groups: readonly Part[], carried: readonly Carried[], hasFolds: boolean): void {
  const sides = new Map(carried.map(({ sample }) => [sample.id, sideOf(sample)]));
  for (const { members } of groups) {
    const found = new Set(members.flatMap(({ id }) => sides.get(id) ?? []));
    if (found.size > 1) throw new Error(`a family is in ${[...found].join(' and ')}`);
  }
  const derived = carried.find(({ sample }) => sample.split !== 'train' && !isOriginal(sample));
  if (derived !== undefined) throw new Error(`${derived.sample.id} is derived and in ${derived.sample.split}`);
  const odd = carried.find(({ sample }) => (sample.fold !== undefined) !== (hasFolds && sample.split === 'train'));
  if (odd !== undefined) throw new Error(`${odd.sample.id} is in ${sideOf(odd.sample)}`);
}
