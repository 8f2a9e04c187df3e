/**
 * What a run would do, without doing it: for `status`, `--dry` and `why`.
 *
 * A stage behind one that must run is `unknown`: the producer may write the same bytes again. Behind one that is only put
 * back in place, what it reads is known from the record, unless it reads a part of an output, or a folder around one.
 */
import { isWithin } from '../base/paths.ts';
import type { Problem } from '../base/problem.ts';
import type { Reason } from '../decide/reason.ts';
import { sameArtifact } from '../inputs/artifact.ts';
import type { Node, Plan } from '../plan/graph.ts';
import { isKept } from '../plan/kept-output.ts';
import { outputLocation } from '../plan/locations.ts';
import type { Freshness } from '../report/events.ts';
import type { ActionRecord } from '../store/store.ts';
import { assess, readOutputs } from './assess.ts';
import { frozenAction, frozenAndLost } from './frozen.ts';
import type { Session } from './session.ts';

export interface Evaluation {
  readonly freshness: Freshness;
  readonly key: string | null;
  readonly reasons: readonly Reason[];
  /** `run`: has to run; `restore`: its known result only has to be put back in place; `maybe`: producers decide. */
  readonly work: 'none' | 'restore' | 'run' | 'maybe';
  readonly problems: readonly Problem[];
  readonly action: ActionRecord | null;
}

export async function evaluate(
  session: Session,
  selected: ReadonlySet<number>,
  forced: ReadonlySet<number>,
): Promise<Map<number, Evaluation>> {
  const evaluations = new Map<number, Evaluation>();
  const results = new Map<number, ActionRecord>();
  for (const node of session.plan.nodes) {
    if (!selected.has(node.index)) continue;
    const blockedBy = node.producers.find((each) => hidesInputs(session.plan, evaluations, each, node));
    if (blockedBy !== undefined) {
      const stage = session.plan.nodes[blockedBy]?.stage.name ?? '';
      evaluations.set(node.index, {
        freshness: 'unknown',
        key: null,
        reasons: [{ kind: 'producer-stale', stage }],
        work: forced.has(node.index) ? 'run' : 'maybe',
        problems: [],
        action: null,
      });
      continue;
    }
    const evaluation = node.stage.frozen
      ? await evaluateFrozen(session, node)
      : await evaluateNode(session, node, results, forced.has(node.index));
    evaluations.set(node.index, evaluation);
    if (evaluation.action !== null) results.set(node.index, evaluation.action);
  }
  for (const [index, evaluation] of evaluations) {
    const node = session.plan.nodes[index];
    if (node === undefined || evaluation.work !== 'none' || evaluation.action === null) continue;
    const reasons = await faultsElsewhere(session, node, evaluation.action);
    if (reasons.length > 0) evaluations.set(index, { ...evaluation, freshness: 'stale', work: 'restore', reasons });
  }
  return evaluations;
}

/** Whether what a stage reads from a producer cannot be known before that producer has been dealt with. */
export function hidesInputs(
  plan: Plan,
  evaluations: ReadonlyMap<number, Evaluation>,
  producer: number,
  consumer: Node,
): boolean {
  const work = evaluations.get(producer)?.work;
  const maker = plan.nodes[producer];
  if (work !== 'restore' || maker === undefined) return work === 'run' || work === 'maybe';
  const places = maker.stage.outs.map((output) => outputLocation(maker.experiment, maker.stage, output));
  return consumer.inputs.some(
    ({ made, path }) => made === null && places.some((place) => isWithin(path, place) || isWithin(place, path)),
  );
}

async function evaluateNode(
  session: Session,
  node: Node,
  results: Map<number, ActionRecord>,
  forced: boolean,
): Promise<Evaluation> {
  const assessed = await assess(session, node, results, forced);
  if (!assessed.ok)
    return { freshness: 'stale', key: null, reasons: [], work: 'run', problems: assessed.failure, action: null };
  const { verdict, key } = assessed.value;
  switch (verdict.kind) {
    case 'fresh':
      return { freshness: 'fresh', key, reasons: [], work: 'none', problems: [], action: verdict.action };
    case 'restore':
      return {
        freshness: 'stale',
        key,
        reasons: verdict.reasons,
        work: 'restore',
        problems: [],
        action: verdict.action,
      };
    case 'run':
      return { freshness: 'stale', key, reasons: verdict.reasons, work: 'run', problems: [], action: null };
  }
}

async function evaluateFrozen(session: Session, node: Node): Promise<Evaluation> {
  const found = await frozenAction(session, node);
  const frozen: Reason = { kind: 'frozen' };
  if (!found.ok)
    return { freshness: 'stale', key: null, reasons: [frozen], work: 'run', problems: [found.failure], action: null };
  const action = found.value;
  const known = { key: action.key, problems: [], action };
  const faults = await faultsInPlace(session, node, action);
  if (faults.length === 0) return { ...known, freshness: 'fresh', reasons: [frozen], work: 'none' };
  const reasons = [frozen, ...faults.map(({ reason }) => reason)];
  const lost = faults.find(({ recorded }) => !session.store.has(recorded));
  if (lost === undefined) return { ...known, freshness: 'stale', reasons, work: 'restore' };
  const problems = [frozenAndLost(node, lost.name)];
  return { ...known, freshness: 'stale', reasons, work: 'run', problems, action: null };
}

/** What is not as recorded at the places of the other experiments that have this stage. */
async function faultsElsewhere(session: Session, node: Node, action: ActionRecord): Promise<Reason[]> {
  const stage = { ...node.stage, outs: node.stage.outs.filter(isKept) };
  const reasons: Reason[] = [];
  for (const experiment of node.experiments) {
    if (experiment === node.experiment) continue;
    for (const { reason, place } of await faultsInPlace(session, { ...node, experiment, stage }, action))
      reasons.push({ ...reason, output: place });
  }
  return reasons;
}

async function faultsInPlace(session: Session, node: Node, action: ActionRecord) {
  const inPlace = await readOutputs(session, node);
  return node.stage.outs.flatMap((output) => {
    const { name } = output;
    const recorded = action.outputs[name];
    const found = inPlace.get(name) ?? null;
    if (recorded === undefined || sameArtifact(found, recorded)) return [];
    const kind = found === null ? ('output-missing' as const) : ('output-edited' as const);
    return [
      { name, recorded, place: outputLocation(node.experiment, node.stage, output), reason: { kind, output: name } },
    ];
  });
}
