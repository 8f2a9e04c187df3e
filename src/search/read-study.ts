/** A finished search as its outputs tell it: the trials, the best of them, what matters and what the best share. */
import type { Digest } from '../base/digest.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { Trial } from '../generated/trial.ts';
import type { ActionRecord } from '../store/store.ts';
import { parseTrials } from './read-trials.ts';

export interface Study {
  readonly trials: readonly Trial[];
  /** What settings.json says: of the best trial. */
  readonly best: BestTrial;
  /** By falling importance. */
  readonly importance: readonly { readonly path: string; readonly importance: number }[];
  /** What the best trials share: one value each. */
  readonly shared: readonly { readonly path: string; readonly value: Json }[];
  /** How many of the best were asked. */
  readonly asked: number;
  /** Trainings as they were run for this result: seconds since the search began. Of the record, not of the outputs. */
  readonly timeline: readonly TimelineSpan[];
}

export interface BestTrial {
  readonly trial: number | null;
  readonly objectives: readonly {
    readonly metric: string;
    readonly goal: 'minimize' | 'maximize';
    readonly value: number | null;
  }[];
  /** Of the trial's own stage. */
  readonly settings: JsonObject;
  /** Of stages before the search. */
  readonly pipeline?: JsonObject;
  /** With two objectives: the trials no other beats in both. */
  readonly pareto?: readonly BestTrial[];
}

export interface TimelineSpan {
  readonly trial: number;
  readonly cell: number;
  readonly from: number;
  readonly to: number;
  readonly worker: number;
}

/** Null: the result is of no search, or its bytes are gone from the store. */
export function readStudy(store: { readText(digest: Digest): string | null }, action: ActionRecord): Study | null {
  const text = (output: string) => {
    const digest = action.outputs[output]?.digest;
    return digest === undefined ? null : store.readText(digest);
  };
  const [trials, best, importance, consensus] = [
    'trials.jsonl',
    'settings.json',
    'importance.json',
    'consensus.json',
  ].map(text);
  if (trials == null || best == null) return null;
  const agreed = parse<{ best: number; params: Agreed[] }>(consensus, { best: 0, params: [] });
  return {
    trials: parseTrials(trials),
    // A search of somebody else's may say less.
    best: { trial: null, objectives: [], settings: {}, ...parse<Partial<BestTrial>>(best, {}) },
    importance: parse<{ params: Study['importance'] }>(importance, { params: [] }).params,
    shared: agreed.params
      .filter((each) => each.shared)
      .map(({ path, values }) => ({ path, value: values[0]?.value ?? null })),
    asked: agreed.best,
    timeline: timelineIn(action.provenance),
  };
}

/** @param provenance  of a result; a search leaves its timeline there. */
export function timelineIn({ timeline }: Readonly<Record<string, Json>>): readonly TimelineSpan[] {
  return Array.isArray(timeline) ? (timeline as unknown as readonly TimelineSpan[]) : [];
}

interface Agreed {
  readonly path: string;
  readonly shared: boolean;
  readonly values: readonly { readonly value: Json }[];
}

function parse<T>(text: string | null | undefined, otherwise: T): T {
  return text == null ? otherwise : (JSON.parse(text) as T);
}
