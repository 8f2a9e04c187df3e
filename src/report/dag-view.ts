/** The part of a plan that is drawn: nodes with labels, and edges between them. Shared by all drawings. */
import type { Plan } from '../plan/graph.ts';
import type { Freshness, StageStatus } from './events.ts';

export interface DagView {
  readonly nodes: readonly DagNode[];
}

export interface DagNode {
  readonly index: number;
  /** Stage name, with its experiments where not all have it. */
  readonly label: string;
  readonly status: StageStatus | Freshness | null;
  /** Producers that are drawn too, by position in the plan. */
  readonly producers: readonly number[];
}

/**
 * @param selected  nodes to draw, by position in the plan; null: all.
 * @param statusOf  what is known of a node; null: nothing is said of any.
 */
export function viewPlan(
  plan: Plan,
  selected: ReadonlySet<number> | null = null,
  statusOf: ((index: number) => StageStatus | Freshness | null) | null = null,
): DagView {
  const asked = plan.project.experiments.length;
  const nodes = plan.nodes
    .filter(({ index }) => selected === null || selected.has(index))
    .map(({ index, stage, experiments, producers }) => ({
      index,
      label: experiments.length === asked ? stage.name : `${stage.name} (${experiments.join(', ')})`,
      status: statusOf === null ? null : statusOf(index),
      producers: producers.filter((each) => selected === null || selected.has(each)),
    }));
  return { nodes };
}
