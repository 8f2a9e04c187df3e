/** Experiments with results, repetitions with other seeds brought together: the rows of lists and tables. */
import type { WrittenExperiment } from '../config/experiments.ts';
import type { Override } from '../config/override.ts';
import type { ChangedValue } from '../generated/table.ts';
import type { Records } from './records.ts';
import { type Member, memberOf } from './subject.ts';

/** What the pipeline file says of experiments, by name; empty where it cannot be read. */
export type Definitions = ReadonlyMap<string, WrittenExperiment>;

export interface Variant {
  /** `depth@4` for `depth@4-1` and `depth@4-2`; the experiment's own name where nothing is repeated. */
  readonly name: string;
  /** The name in the file that it was made from. */
  readonly group: string;
  /** What it changes, without seeds where they are what is repeated. */
  readonly values: readonly Override[];
  /** Those with results. */
  readonly members: readonly Member[];
  /** Names of all, also those that never ran. */
  readonly names: readonly string[];
}

/** In the order of the file; experiments only the lock knows come last. */
export function variantsOf(records: Records, definitions: Definitions): readonly Variant[] {
  const known = new Map<string, WrittenExperiment>(definitions);
  for (const name of records.lock.keys())
    if (!known.has(name)) known.set(name, { name, group: name, variant: name, overrides: [] });
  const rows = new Map<string, WrittenExperiment[]>();
  for (const each of known.values()) rows.set(each.variant, [...(rows.get(each.variant) ?? []), each]);
  return [...rows].map(([name, experiments]) => ({
    name,
    group: experiments[0]?.group ?? name,
    values: commonValues(experiments),
    members: experiments.flatMap((each) => memberNamed(records, each.name) ?? []),
    names: experiments.map((each) => each.name),
  }));
}

function memberNamed(records: Records, name: string): Member | null {
  const stages = records.lock.get(name);
  return stages === undefined ? null : memberOf(records, name, stages);
}

/** Values all of them give: what differs is the seed. */
function commonValues(experiments: readonly WrittenExperiment[]): readonly Override[] {
  const [first, ...others] = experiments;
  return (first?.overrides ?? []).filter(({ path, value }) =>
    others.every(({ overrides }) =>
      overrides.some((each) => each.path === path && JSON.stringify(each.value) === JSON.stringify(value)),
    ),
  );
}

/** What a variant changes, as lists and tables tell it. */
export function changedValues({ values }: Variant): ChangedValue[] {
  return values.map(({ path, value }) => ({ path, value: value as ChangedValue['value'] }));
}

/** The rows a name stands for: one experiment, one row, or all rows of a group. */
export function variantsNamed(variants: readonly Variant[], name: string): readonly Variant[] {
  const exact = variants.filter((each) => each.name === name);
  if (exact.length > 0) return exact;
  const single = variants.flatMap((each) =>
    each.members
      .filter(({ experiment }) => experiment === name)
      .map((member) => ({ ...each, name, members: [member], names: [name] })),
  );
  return single.length > 0 ? single : variants.filter((each) => each.group === name);
}
