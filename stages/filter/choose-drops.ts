/** Decides which samples are left out. Pure. */
import type { Sample } from '../../src/generated/sample.ts';
import type { FilterParams } from '../../src/generated/stages/filter.ts';
import type { Filled } from '../../src/sdk/index.ts';

export const DROP_REASONS = ['unreadable', 'other size', 'duplicate', 'duplicate with another label'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** By id of the sample, in the order of the dataset. Each is dropped for the first reason that holds. */
export function chooseDrops(
  samples: readonly Sample[],
  params: Pick<Filled<FilterParams>, 'dimensions' | 'duplicates'>,
): Map<string, DropReason> {
  const drops = new Map<string, DropReason>();
  const size = sizeToKeep(samples, params.dimensions);
  for (const sample of samples) {
    if (sample.problem !== undefined) drops.set(sample.id, 'unreadable');
    else if (size !== null && sizeOf(sample) !== size) drops.set(sample.id, 'other size');
  }
  if (params.duplicates === 'drop')
    dropDuplicates(
      samples.filter(({ id }) => !drops.has(id)),
      drops,
    );
  return drops;
}

function sizeOf({ width, height }: Sample): string {
  return `${width}x${height}`;
}

/** Of equally frequent sizes the one that comes first in the dataset. */
function sizeToKeep(samples: readonly Sample[], wanted: Filled<FilterParams>['dimensions']): string | null {
  if (wanted === 'any') return null;
  if (wanted !== 'modal') return `${wanted.width}x${wanted.height}`;
  const counts = new Map<string, number>();
  for (const sample of samples) {
    if (sample.problem === undefined) counts.set(sizeOf(sample), (counts.get(sizeOf(sample)) ?? 0) + 1);
  }
  let modal: string | null = null;
  for (const [size, count] of counts) if (modal === null || count > (counts.get(modal) ?? 0)) modal = size;
  return modal;
}

/** Derived samples share the content of their original and are no duplicates of it: only families are compared. */
function dropDuplicates(samples: readonly Sample[], drops: Map<string, DropReason>): void {
  const byContent = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (sample.content === undefined) continue;
    byContent.set(sample.content, [...(byContent.get(sample.content) ?? []), sample]);
  }
  for (const alike of byContent.values()) {
    const labels = new Set(alike.map((sample) => sample.labels.join('\n')));
    const first = alike[0]?.family;
    for (const { id, family } of alike) {
      if (labels.size > 1) drops.set(id, 'duplicate with another label');
      else if (family !== first) drops.set(id, 'duplicate');
    }
  }
}
