/**
 * What a run would do, without doing it: for `status`, `--dry` and `why`.
 *
 * A stage behind one that must run is `unknown`: the producer may write the same bytes again.
 */
import type { Problem } from '../base/problem.ts';
import type { Reason } from '../decide/reason.ts';
import type { Freshness } from '../report/events.ts';
import type { ActionRecord } from '../store/store.ts';
import { assess } from './assess.ts';
import { frozenAction } from './frozen.ts';
import type { Session } from './session.ts';

export interface Evaluation {
  readonly freshness: Freshness;
  readonly key: string | null;
  readonly reasons: readonly Reason[];
  /** `run`: has to run; `restore`: only has to be put back in place. */
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
    const blockedBy = node.producers.find((each) => {
      const work = evaluations.get(each)?.work;
      return work === 'run' || work === 'maybe';
    });
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
      ? await evaluateFrozen(session, node.index)
      : await evaluateNode(session, node.index, results, forced);
    evaluations.set(node.index, evaluation);
    if (evaluation.action !== null) results.set(node.index, evaluation.action);
  }
  return evaluations;
}

async function evaluateNode(
  session: Session,
  index: number,
  results: Map<number, ActionRecord>,
  forced: ReadonlySet<number>,
): Promise<Evaluation> {
  const node = session.plan.nodes[index];
  if (node === undefined) throw new Error(`no node ${index}`);
  const assessed = await assess(session, node, results, forced.has(index));
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

async function evaluateFrozen(session: Session, index: number): Promise<Evaluation> {
  const node = session.plan.nodes[index];
  if (node === undefined) throw new Error(`no node ${index}`);
  const action = await frozenAction(session, node);
  const reasons: Reason[] = [{ kind: 'frozen' }];
  if (!action.ok)
    return { freshness: 'stale', key: null, reasons, work: 'run', problems: [action.failure], action: null };
  return { freshness: 'fresh', key: action.value.key, reasons, work: 'none', problems: [], action: action.value };
}
