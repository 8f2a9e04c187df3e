/** The record of one experiment with where it came from: enough to say in a paper, or on another machine, what was done. */
import type { Json, JsonObject } from '../base/json.ts';
import type { RunRecord } from '../generated/run.ts';
import type { Records } from './records.ts';
import { type Member, runsOf } from './subject.ts';
import type { Variant } from './variants.ts';

/** Changes with every incompatible change of this value. */
const VERSION = 1;

export interface ExportedRecord {
  readonly version: typeof VERSION;
  readonly experiment: string;
  readonly values: readonly { readonly path: string; readonly value: Json }[];
  readonly results: readonly ExportedResult[];
  /** The runs that made the results: command line, machine, versions, commit and whether files differed from it. */
  readonly runs: Readonly<Record<string, Pick<RunRecord, 'argv' | 'finishedAt' | 'environment'> | null>>;
}

export interface ExportedResult {
  readonly experiment: string;
  readonly stage: string;
  readonly key: string;
  readonly run: string | null;
  readonly finishedAt: string | null;
  readonly seconds: number | null;
  /** What the stage said of where it ran: backend, device, versions. */
  readonly provenance: JsonObject;
  readonly params: JsonObject;
  readonly commands: readonly Json[];
  /** Digest or version by module and package. */
  readonly code: JsonObject;
  readonly inputs: JsonObject;
  readonly outputs: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

export function exportRecord(records: Records, variant: Variant): ExportedRecord {
  const runs = Object.fromEntries(
    runsOf(variant.members).map((name) => {
      const run = records.run(name);
      return [name, run === null ? null : { argv: run.argv, finishedAt: run.finishedAt, environment: run.environment }];
    }),
  );
  return {
    version: VERSION,
    experiment: variant.name,
    values: variant.values.map(({ path, value }) => ({ path, value })),
    results: variant.members.flatMap(resultsOf),
    runs,
  };
}

function resultsOf({ experiment, stages }: Member): ExportedResult[] {
  return [...stages].map(([stage, { key, action, metrics }]) => {
    const facts = (kind: string) =>
      Object.fromEntries(
        (action?.manifest.facts ?? []).filter((each) => each.kind === kind).map(({ name, value }) => [name, value]),
      );
    return {
      experiment,
      stage,
      key,
      run: action?.run ?? null,
      finishedAt: action?.finishedAt ?? null,
      seconds: action?.seconds ?? null,
      provenance: action?.provenance ?? {},
      params: facts('param'),
      commands: Object.values(facts('command')),
      code: facts('code'),
      inputs: facts('input'),
      outputs: Object.fromEntries(Object.entries(action?.outputs ?? {}).map(([name, { digest }]) => [name, digest])),
      metrics,
    };
  });
}
