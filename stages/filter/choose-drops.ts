/** Decides which samples are left out. Pure. */
import type { Sample } from '../../src/generated/sample.ts';
import type { FilterParams } from '../../src/generated/stages/filter.ts';
import type { Filled } from '../../src/sdk/index.ts';
import { groupByContent } from '../lib/dataset/by-content.ts';
import { layoutsAgree } from '../lib/image/layout-agreement.ts';
import type { Measures } from '../lib/image/measure-image.ts';
import { alikePairs } from '../lib/image/perceptual-hash.ts';
import { readCondition } from './expression.ts';

export const DROP_REASONS = [
  'unreadable',
  'condition not met',
  'other size',
  'dark',
  'overexposed',
  'blurred',
  'empty',
  'duplicate',
  'duplicate with another label',
  'near duplicate',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** Readable samples that no other reason dropped, with what was measured of them; asked for only when a rule needs it. */
export type Measure = (samples: readonly Sample[]) => Promise<ReadonlyMap<string, Measures>>;

type Rules = Omit<Filled<FilterParams>, 'unreadable' | 'layout'>;

/** By id of the sample, in the order in which reasons are looked at. Each is dropped for the first reason that holds. */
export async function chooseDrops(
  samples: readonly Sample[],
  rules: Rules,
  measure: Measure,
): Promise<Map<string, DropReason>> {
  const drops = new Map<string, DropReason>();
  const left = () => samples.filter(({ id }) => !drops.has(id));
  const condition = rules.where === null ? null : readCondition(rules.where);
  for (const { id, problem } of samples) if (problem !== undefined) drops.set(id, 'unreadable');
  // Whatever needs no pixels comes first: images that are gone are not measured.
  const isSimple = condition !== null && !condition.isMeasured;
  if (isSimple) dropUnmet(left(), (sample) => condition.holds({ sample, measures: null }), drops);
  const size = sizeToKeep(left(), rules.dimensions);
  for (const sample of left()) if (size !== null && sizeOf(sample) !== size) drops.set(sample.id, 'other size');
  if (rules.duplicates === 'drop') dropDuplicates(left(), drops);
  const { nearDuplicates, quality } = rules;
  const hasLimits = Object.values(quality).some((limit) => limit !== null);
  if (nearDuplicates === null && !hasLimits && !condition?.isMeasured) return drops;

  const measures = await measure(left());
  if (condition?.isMeasured) {
    dropUnmet(left(), (sample) => condition.holds({ sample, measures: measures.get(sample.id) ?? null }), drops);
  }
  for (const { id } of left()) {
    const reason = byQuality(measures.get(id)?.properties, quality);
    if (reason !== null) drops.set(id, reason);
  }
  if (nearDuplicates !== null) dropNearDuplicates(left(), measures, nearDuplicates, drops);
  return drops;
}

function dropUnmet(
  samples: readonly Sample[],
  holds: (sample: Sample) => boolean,
  drops: Map<string, DropReason>,
): void {
  for (const sample of samples) if (!holds(sample)) drops.set(sample.id, 'condition not met');
}

function byQuality(properties: Measures['properties'] | undefined, limits: Rules['quality']): DropReason | null {
  if (properties === undefined) return null;
  const below = (value: number, limit: number | null) => limit !== null && value < limit;
  if (below(properties.brightest, limits.dark)) return 'dark';
  if (below(1 - properties.darkest, limits.light)) return 'overexposed';
  if (below(properties.sharpness, limits.blurred)) return 'blurred';
  return below(properties.entropy / 10, limits.lowInformation) ? 'empty' : null;
}

function sizeOf({ width, height }: Sample): string {
  return `${width}x${height}`;
}

/** Of equally frequent sizes the one that comes first in the dataset. */
function sizeToKeep(samples: readonly Sample[], wanted: Rules['dimensions']): string | null {
  if (wanted === 'any') return null;
  if (wanted !== 'modal') return `${wanted.width}x${wanted.height}`;
  const counts = new Map<string, number>();
  for (const sample of samples) counts.set(sizeOf(sample), (counts.get(sizeOf(sample)) ?? 0) + 1);
  let modal: string | null = null;
  for (const [size, count] of counts) if (modal === null || count > (counts.get(modal) ?? 0)) modal = size;
  return modal;
}

/** Derived samples share the content of their original and are no duplicates of it: only families are compared. */
function dropDuplicates(samples: readonly Sample[], drops: Map<string, DropReason>): void {
  for (const alike of groupByContent(samples)) {
    const labels = new Set(alike.map((sample) => sample.labels.join('\n')));
    const first = alike[0]?.family;
    for (const { id, family } of alike) {
      if (labels.size > 1) drops.set(id, 'duplicate with another label');
      else if (family !== first) drops.set(id, 'duplicate');
    }
  }
}

/** Of each pair of families the later one goes, unless the earlier one already went. */
function dropNearDuplicates(
  samples: readonly Sample[],
  measures: ReadonlyMap<string, Measures>,
  limit: number,
  drops: Map<string, DropReason>,
): void {
  const known = samples.flatMap((sample) => {
    const found = measures.get(sample.id);
    return found === undefined ? [] : [{ sample, ...found }];
  });
  const hashes = known.map((each) => each.hashes);
  for (const { first, second } of alikePairs(hashes, limit, 1)) {
    const [a, b] = [known[first], known[second]];
    // Hashes of different images of one motif come near by chance.
    if (a === undefined || b === undefined || !layoutsAgree(a.features, b.features)) continue;
    if (a.sample.family !== b.sample.family && !drops.has(a.sample.id)) drops.set(b.sample.id, 'near duplicate');
  }
}
