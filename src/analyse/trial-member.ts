/**
 * A trial of a search as a result that can be compared: its settings are the params, its means the metrics.
 *
 * It has no outputs of its own, so there are no predictions to pair; its scores over folds are, and are tested as such.
 */

import type { Key } from '../base/digest.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { Trial } from '../generated/trial.ts';
import type { Fact } from '../key/manifest.ts';
import type { ActionRecord } from '../store/store.ts';
import type { Folds, Member } from './subject.ts';

/** @param action  of the search. */
export function trialMember(experiment: string, stage: string, trial: Trial, action: ActionRecord): Member {
  const name = `${stage}#${trial.trial}`;
  const settings = trial.settings as JsonObject;
  const facts = Object.entries(settings).map(
    ([path, value]): Fact => ({ kind: 'param', name: path, value: value as Json }),
  );
  const metrics = Object.entries(trial.metrics).flatMap(([metric, value]) =>
    value === null ? [] : [[metric, value] as const],
  );
  const key = `${action.key}#${trial.trial}` as string as Key;
  const cost = trial.cost === null ? {} : { parameters: trial.cost.params, flops: trial.cost.flops };
  return {
    experiment,
    folds: foldsOf(trial),
    stages: new Map([
      [
        stage,
        {
          key,
          metrics: { ...Object.fromEntries(metrics), ...cost, epochs: trial.epochs },
          action: {
            ...action,
            key,
            stage: name,
            manifest: { version: 1, facts },
            outputs: {},
          },
        },
      ],
    ]),
  };
}

/** Scores of each training, by metric, in the order of repeat, fold and seed; only where all have a number. */
function foldsOf({ cells }: Trial): Folds {
  const sorted = [...cells].sort((a, b) => a.repeat - b.repeat || a.fold - b.fold || a.seed - b.seed);
  const names = Object.keys(sorted[0]?.metrics ?? {});
  const scores = names.flatMap((name) => {
    const values = sorted.flatMap(({ metrics }) => metrics[name] ?? []);
    return values.length === sorted.length ? [[name, values] as const] : [];
  });
  const perRepeat = new Set(sorted.map(({ fold }) => fold)).size;
  return {
    cells: sorted.map(({ repeat, fold, seed }) => `${repeat}/${fold}/${seed}`),
    perRepeat,
    scores: new Map(scores),
  };
}
