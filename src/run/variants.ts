/**
 * Inputs of a running stage under other params of the stages before it.
 *
 * The stage asks, and waits holding its resources; what it asks for runs on them, one stage after another, so nothing can wait
 * in a circle. Each variant is one more experiment of a plan that only grows: what is equal to a stage of the run, or of an
 * earlier variant, is the same node and is settled once. All else goes the way of every node: decided, restored or run, stored.
 */
import path from 'node:path';
import type { Json, JsonObject } from '../base/json.ts';
import { type Problem, problem } from '../base/problem.ts';
import type { Override } from '../config/override.ts';
import type { Experiment } from '../config/stage.ts';
import { buildPlan } from '../plan/build-plan.ts';
import type { Node, Plan } from '../plan/graph.ts';
import { baseExperiment, variantName } from '../plan/locations.ts';
import { withProducers } from '../plan/selection.ts';
import { lockedStage } from '../record/lock-store.ts';
import type { VariantAnswer } from '../sdk/protocol.ts';
import type { ActionRecord } from '../store/store.ts';
import { diskProblems } from './disk-problem.ts';
import { absolute, type Session } from './session.ts';
import { NOTHING, type Settled } from './settle-node.ts';

export interface VariantNode {
  readonly node: Node;
  /** The values of this variant that concern the node: its own params and those of stages before it. */
  readonly values: JsonObject;
  /** Of the stage that asked first. */
  readonly askedBy: string;
}

/** Settles one node of a variant and reports it; the caller is the run, which knows how. */
export type SettleVariant = (
  session: Session,
  variant: VariantNode,
  results: ReadonlyMap<number, ActionRecord>,
) => Promise<Settled | 'cancelled'>;

export interface Variants {
  /** Never rejects but for a bug. @param results  of the nodes of the run that are settled. */
  input(node: Node, role: string, overrides: JsonObject): Promise<VariantAnswer>;
}

/** @param results  by node of the session's plan; read when something is asked. */
export function openVariants(
  session: Session,
  results: ReadonlyMap<number, ActionRecord>,
  settle: SettleVariant,
): Variants {
  /** Nodes before this one are the run's own. */
  let known = session.plan.nodes.length;
  let plan: Plan = session.plan;
  const made = new Map<string, Promise<Experiment | readonly Problem[]>>();
  const valuesOf = new Map<string, readonly Override[]>();
  const settled = new Map<number, Promise<Settled | 'cancelled'>>();
  const variantResults = new Map<number, ActionRecord>();
  const queues = new Map<string, Promise<unknown>>();
  let folder: string | null = null;

  /** The experiment under these values; each combination is resolved once. */
  function experimentFor(base: string, overrides: readonly Override[]): Promise<Experiment | readonly Problem[]> {
    const identity = JSON.stringify([base, overrides]);
    const before = made.get(identity);
    if (before !== undefined) return before;
    const resolving = (async () => {
      folder ??= path.relative(session.root, session.store.privateFolder('variants'));
      const name = variantName(base, `${folder}/${made.size}`);
      const resolved = session.readVariant({ name, base, overrides });
      if (!resolved.ok) return resolved.failure;
      const { project } = plan;
      const grown = buildPlan({ ...project, experiments: [...project.experiments, resolved.value] });
      if (!grown.ok) return grown.failure;
      plan = grown.value;
      valuesOf.set(name, overrides);
      return resolved.value;
    })();
    made.set(identity, resolving);
    return resolving;
  }

  /**
   * In a run of some stages alone, what lies in place need not be what the file says now. Then nothing of the run is shared: all
   * that a variant is made of is put in its own place, from the store where it is known.
   */
  function begin(asking: Node): void {
    const isSettled = [...withProducers(plan, asking.producers)].every((index) => results.has(index));
    if (isSettled) return;
    known = 0;
    plan = { ...plan, project: { ...plan.project, experiments: [] }, nodes: [] };
  }

  async function input(node: Node, role: string, overrides: JsonObject): Promise<VariantAnswer> {
    if (made.size === 0) begin(node);
    const base = node.experiment;
    const further = Object.keys(overrides)
      .sort()
      .map((each): Override => ({ path: each, value: overrides[each] as Json }));
    const stray = further.find(({ path: each }) => !reaches(node, each));
    if (stray !== undefined) return refusal(notReached(node, stray.path));
    const all = [...(valuesOf.get(base) ?? []), ...further];
    const experiment = await experimentFor(baseExperiment(base), all);
    if (!('stages' in experiment)) return refusal(experiment[0] ?? notReached(node, role));
    const asking = plan.nodes.find(
      (each) => each.stage.name === node.stage.name && each.experiments.includes(experiment.name),
    );
    const asked = asking?.inputs.find((each) => each.name === role);
    if (asking === undefined || asked === undefined) return refusal(noSuchInput(node, role));
    const failed = await settleProducers(asking, node.stage.name);
    if (failed !== null) return failed;
    const read = await session.reader.read(asked.path);
    if (!read.ok) return refusal(read.failure);
    if (read.value === null) return refusal(noSuchInput(node, role));
    return { ok: true, path: absolute(session, asked.path), digest: read.value.digest };
  }

  /** Settles all the node needs that is not the run's own. Null: it is there. */
  async function settleProducers(asking: Node, askedBy: string): Promise<VariantAnswer | null> {
    const needed = [...withProducers(plan, asking.producers)].filter((index) => index >= known);
    for (const index of needed) {
      const outcome = await settleOnce(index, askedBy);
      if (outcome === 'cancelled') return refusal(cancelled());
      if (outcome.status === 'failed') return refusal(outcome.problems[0] ?? cancelled());
    }
    return null;
  }

  function settleOnce(index: number, askedBy: string): Promise<Settled | 'cancelled'> {
    const before = settled.get(index);
    if (before !== undefined) return before;
    // One after another for each stage that asks: they share what that stage holds.
    const turn = (queues.get(askedBy) ?? Promise.resolve()).then(() => settleNow(index, askedBy));
    settled.set(index, turn);
    queues.set(
      askedBy,
      turn.catch(() => {}),
    );
    return turn;
  }

  async function settleNow(index: number, askedBy: string): Promise<Settled | 'cancelled'> {
    const node = plan.nodes[index] as Node;
    const variant = { node, values: valuesFor(plan, node, valuesOf.get(node.experiment) ?? []), askedBy };
    const own = { ...node, experiments: [node.experiment] };
    const all = new Map(known === 0 ? variantResults : [...results, ...variantResults]);
    let outcome: Settled | 'cancelled';
    try {
      outcome = await settle({ ...session, plan, lock: lockNow(node) }, { ...variant, node: own }, all);
    } catch (error) {
      const problems = diskProblems(error);
      if (problems === null) throw error;
      outcome = { ...NOTHING, status: 'failed', problems };
    }
    if (outcome !== 'cancelled' && outcome.action !== null) variantResults.set(index, outcome.action);
    return outcome;
  }

  /** The lock as it will be: reasons compare with what the experiment itself has in this run. */
  function lockNow({ experiment, stage }: Node): Session['lock'] {
    const base = baseExperiment(experiment);
    const plain = session.plan.nodes.find(
      ({ stage: { name }, experiments }) => name === stage.name && experiments.includes(base),
    );
    const result = plain === undefined ? undefined : results.get(plain.index);
    if (result === undefined) return session.lock;
    return new Map([
      ...session.lock,
      [base, new Map([...(session.lock.get(base) ?? []), [stage.name, lockedStage(result, [])]])],
    ]);
  }

  return { input };
}

/** Those of the values that concern a node: its own and those of stages before it. */
function valuesFor(plan: Plan, node: Node, overrides: readonly Override[]): JsonObject {
  const names = new Set<string>();
  for (const index of withProducers(plan, [node.index])) {
    const stage = plan.nodes[index]?.stage;
    if (stage !== undefined) names.add(stage.name).add(stage.group);
  }
  const own = overrides.filter(({ path: each }) => [...names].some((name) => each.startsWith(`${name}.`)));
  return Object.fromEntries(own.map(({ path: each, value }) => [each, value]));
}

function reaches({ stage }: Node, override: string): boolean {
  return (stage.reaches ?? []).some((name) =>
    [name, name.split('@', 1)[0]].some((each) => override.startsWith(`${each}.`)),
  );
}

function refusal({ message, hint, stage }: Problem): VariantAnswer {
  const text = stage === undefined ? message : `\`${stage}\` failed: ${message}`;
  return { ok: false, code: 'E1033', message: text, ...(hint === undefined ? {} : { hint }) };
}

function notReached({ stage }: Node, override: string): Problem {
  return problem('E1033', `\`${stage.name}\` may not vary \`${override}\`: no param of it that reaches out names it`);
}

function noSuchInput({ stage }: Node, role: string): Problem {
  return problem('E1033', `\`${stage.name}\` has no input \`${role}\` that a stage makes`);
}

function cancelled(): Problem {
  return problem('E1033', 'the run was interrupted');
}
