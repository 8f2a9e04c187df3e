/**
 * One node from "must run" to a published result.
 *
 * Order matters, because any line may be the last one: hold the key and the places, look again whether somebody else made
 * the result meanwhile, clear the places, run, check that the inputs are still what the key says, store, record.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject } from '../base/json.ts';
import { type Problem, problem } from '../base/problem.ts';
import type { Execution, Progress } from '../execute/executor.ts';
import { sameArtifact } from '../inputs/artifact.ts';
import type { Node } from '../plan/graph.ts';
import { folderName, outputLocation, readVariant } from '../plan/locations.ts';
import { readMetrics } from '../record/metric-values.ts';
import type { VariantAnswer } from '../sdk/protocol.ts';
import type { ActionRecord } from '../store/store.ts';
import type { Assessment } from './assess.ts';
import { holdPlaces } from './hold-places.ts';
import { keepPartial } from './keep-partial.ts';
import { placeOfParam } from './param-place.ts';
import { publishOutputs } from './publish.ts';
import { absolute, previousAction, type Session } from './session.ts';
import { unitFor, type WorkPlace } from './unit.ts';
import { type Cleared, clearOutputs } from './workspace.ts';

export type NodeResult =
  | {
      readonly kind: 'ran';
      readonly action: ActionRecord;
      readonly note: string | null;
      readonly warnings: readonly Problem[];
    }
  /** Another run made the same result while this one waited for it. */
  | { readonly kind: 'made-elsewhere' }
  | {
      readonly kind: 'failed';
      readonly problems: readonly Problem[];
      readonly log: string | null;
      /** Null when it failed before anything was started. */
      readonly execution: Execution | null;
    }
  | { readonly kind: 'cancelled' };

export interface Reporting {
  onProgress(progress: Progress): void;
  onWaiting(what: string): void;
  /** The stage asks for one of its inputs under other params of the stages before it. */
  inputVariant(role: string, overrides: JsonObject): Promise<VariantAnswer>;
}

/** @param mustRun  run it even when a result appears while waiting (`--force`, `always_changed`). */
export async function executeNode(
  session: Session,
  assessment: Assessment,
  options: { readonly force: boolean; readonly mustRun: boolean },
  reporting: Reporting,
  signal: AbortSignal,
): Promise<NodeResult> {
  const { node, key } = assessment;
  const hold = await holdPlaces(session, node, [`key ${key}`], reporting.onWaiting, signal);
  if (hold === null) return { kind: 'cancelled' };
  try {
    if (
      !options.mustRun &&
      session.store.readAction(key) !== null &&
      assessment.verdict.kind === 'run' &&
      isNews(assessment)
    ) {
      return { kind: 'made-elsewhere' };
    }
    const previous = previousAction(session, node);
    const cleared = await clearOutputs(session, node, previous?.outputs ?? null, options.force);
    if (!cleared.ok) return { kind: 'failed', problems: [cleared.failure], log: null, execution: null };
    return await runCleared(session, assessment, cleared.value, reporting, signal);
  } finally {
    hold.release();
  }
}

/** Whether the verdict said that there was no result at all: only then can one have appeared. */
function isNews(assessment: Assessment): boolean {
  return (
    assessment.verdict.kind === 'run' &&
    assessment.verdict.reasons.every((reason) => reason.kind === 'never-ran' || reason.kind === 'changed')
  );
}

async function runCleared(
  session: Session,
  assessment: Assessment,
  cleared: Cleared,
  reporting: Reporting,
  signal: AbortSignal,
): Promise<NodeResult> {
  const { node } = assessment;
  const log = logPath(session, node.experiment, node.stage.name);
  let work: WorkPlace | null = null;
  let succeeded = false;
  try {
    work = unitFor(session, assessment, log);
    const execution = await session.executor.run(work.unit, reporting.onProgress, signal, reporting.inputVariant);
    const result = await settle(session, assessment, work, execution, log);
    if (result.kind !== 'ran') return result;
    succeeded = true;
    return { ...result, warnings: [...cleared.warnings, ...result.warnings] };
  } finally {
    // Also when the disk is full or something unforeseen is thrown: the workspace is left as it was found.
    if (succeeded) cleared.discard();
    else leaveAsFound(session, node, work, cleared);
    work?.remove(succeeded);
  }
}

function leaveAsFound(session: Session, node: Node, work: WorkPlace | null, cleared: Cleared): void {
  try {
    if (work !== null) keepPartial(session, node, work);
  } finally {
    cleared.putBack();
  }
}

async function settle(
  session: Session,
  assessment: Assessment,
  work: WorkPlace,
  execution: Execution,
  log: string,
): Promise<NodeResult> {
  const { node, key, manifest } = assessment;
  const outcome = execution.outcome;
  if (outcome.kind === 'cancelled') return { kind: 'cancelled' };
  if (outcome.kind === 'failed') {
    const hint = outcome.problem.hint ?? work.hint;
    const at = outcome.problem.at ?? placeOfParam(session, node, outcome.param ?? []);
    const found = {
      ...outcome.problem,
      ...(hint === null ? {} : { hint }),
      ...(at === null ? {} : { at }),
      stage: node.stage.name,
    };
    return { kind: 'failed', problems: [found], log, execution };
  }
  const moved = await movedInputs(session, assessment);
  if (moved.length > 0) return { kind: 'failed', problems: moved, log, execution };
  const published = await publishOutputs(session, node, work.made);
  if (!published.ok) return { kind: 'failed', problems: published.failure, log, execution };
  const metrics: Record<string, Json> = {};
  for (const output of node.stage.outs) {
    if (output.role === 'metrics')
      metrics[output.name] = await readMetrics(absolute(session, outputLocation(node.experiment, node.stage, output)));
  }
  const action: ActionRecord = {
    version: 1,
    key,
    stage: node.stage.name,
    manifest,
    reasons: assessment.verdict.kind === 'run' ? assessment.verdict.reasons : [],
    outputs: published.value,
    metrics,
    seconds: execution.seconds,
    cpuSeconds: execution.cpuSeconds,
    peakBytes: execution.peakBytes,
    run: session.run,
    log: await keepLog(session, log),
    provenance: outcome.provenance,
    finishedAt: new Date().toISOString(),
  };
  session.store.writeAction(action);
  return { kind: 'ran', action, note: outcome.note, warnings: work.warnings() };
}

/** A result made from inputs that moved meanwhile belongs to no key. */
async function movedInputs(session: Session, assessment: Assessment): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const input of assessment.node.inputs) {
    session.reader.forget(input.path);
    const now = await session.reader.read(input.path);
    if (now.ok && sameArtifact(now.value, assessment.inputs.get(input.name) ?? null)) continue;
    problems.push(
      problem(
        'E0591',
        `\`${input.path}\` changed while \`${assessment.node.stage.name}\` ran, so its result was not kept`,
        {
          at: input.at,
          stage: assessment.node.stage.name,
          path: input.path,
          expected: 'inputs that stay as they are from the start of a stage to its end',
          hint: `pipe run   (if the stage itself writes \`${input.path}\`, let it write an output of its own instead)`,
        },
      ),
    );
  }
  return problems;
}

function logPath(session: Session, experiment: string, stage: string): string {
  const variant = readVariant(experiment);
  const folder =
    variant === null ? folderName(experiment) : `${folderName(variant.base)}/variant-${path.basename(variant.folder)}`;
  return `${session.logs}/${folder}/${folderName(stage)}.log`;
}

async function keepLog(session: Session, log: string): Promise<ActionRecord['log']> {
  const size = fs.statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) {
    fs.rmSync(log, { force: true });
    return null;
  }
  const adopted = await session.store.adopt(log);
  return adopted.ok ? adopted.value.digest : null;
}
