/**
 * Whether a stage must run, may be restored, or is fresh.
 *
 * Pure: what is known comes in, a verdict with its reasons goes out. A verdict is asked for only when all producers of the
 * stage are done, because a producer that reran may have written the same bytes (early cutoff).
 */
import type { Key } from '../base/digest.ts';
import type { Output, Stage } from '../config/stage.ts';
import { type Artifact, sameArtifact } from '../inputs/artifact.ts';
import type { Manifest } from '../key/manifest.ts';
import { isKept } from '../plan/kept-output.ts';
import type { ActionRecord } from '../store/store.ts';
import { explainDifference } from './explain.ts';
import type { Reason } from './reason.ts';

export interface Known {
  readonly stage: Stage;
  readonly key: Key;
  readonly manifest: Manifest;
  /** The record under `key`. */
  readonly action: ActionRecord | null;
  /** The record of the last result of this stage: what a reason compares with. */
  readonly previous: ActionRecord | null;
  /** What lies at each output's place now. Only asked for when there is an action to compare with. */
  readonly inPlace: ReadonlyMap<string, Artifact | null>;
  /** Whether the store has all objects of an artifact. */
  readonly stored: (artifact: Artifact) => boolean;
  readonly forced: boolean;
}

export type Verdict =
  /** Outputs are in place and are what the key's record says. */
  | { readonly kind: 'fresh'; readonly action: ActionRecord }
  /** The result is in the store; `reasons` say why it has to be put in place. */
  | { readonly kind: 'restore'; readonly action: ActionRecord; readonly reasons: readonly Reason[] }
  | { readonly kind: 'run'; readonly reasons: readonly Reason[] };

export function judge(known: Known): Verdict {
  const { stage, action } = known;
  if (known.forced) return { kind: 'run', reasons: [{ kind: 'forced' }] };
  if (runsEveryTime(stage)) return { kind: 'run', reasons: [{ kind: 'always-changed' }] };
  if (action === null) return { kind: 'run', reasons: reasonsToRun(known) };
  const misplaced = stage.outs.flatMap((output) => placeFault(output, action, known.inPlace));
  if (misplaced.length === 0) return { kind: 'fresh', action };
  const lost = stage.outs.flatMap((output) => lossOf(output, action, known));
  if (lost.length > 0) return { kind: 'run', reasons: lost };
  return { kind: 'restore', action, reasons: sinceLast(known, misplaced) };
}

/** As in DVC: a command that declares neither inputs nor outputs has nothing by which it could be up to date. */
function runsEveryTime(stage: Stage): boolean {
  return (
    stage.alwaysChanged ||
    (stage.action.kind === 'cmd' &&
      stage.outs.length === 0 &&
      stage.deps.length === 0 &&
      Object.keys(stage.from).length === 0)
  );
}

function reasonsToRun(known: Known): readonly Reason[] {
  if (known.previous === null) return [{ kind: 'never-ran' }];
  const changes = explainDifference(known.previous.manifest, known.manifest);
  return changes.length > 0 ? changes : [{ kind: 'never-ran' }];
}

/** Why outputs are not in place: the inputs moved to an earlier known state, or somebody touched the outputs. */
function sinceLast(known: Known, misplaced: readonly Reason[]): readonly Reason[] {
  if (known.previous === null || known.previous.key === known.key) return misplaced;
  return explainDifference(known.previous.manifest, known.manifest);
}

function placeFault(output: Output, action: ActionRecord, inPlace: ReadonlyMap<string, Artifact | null>): Reason[] {
  const found = inPlace.get(output.name) ?? null;
  if (sameArtifact(found, action.outputs[output.name] ?? null)) return [];
  return [{ kind: found === null ? 'output-missing' : 'output-edited', output: output.name }];
}

/** An output that is neither in place nor in the store can only be had by running. */
function lossOf(output: Output, action: ActionRecord, known: Known): Reason[] {
  const recorded = action.outputs[output.name];
  if (recorded === undefined) return [{ kind: 'result-lost', output: output.name, damaged: false }];
  if (sameArtifact(known.inPlace.get(output.name) ?? null, recorded)) return [];
  if (!isKept(output) || output.persist) return [{ kind: 'kept-out-of-store', output: output.name }];
  return known.stored(recorded) ? [] : [{ kind: 'result-lost', output: output.name, damaged: false }];
}
