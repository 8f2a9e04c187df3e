/** The DAG the runner works on: every stage of every experiment asked for, equal ones only once. */
import type { Problem } from '../base/problem.ts';
import type { Project, Stage } from '../config/stage.ts';

export interface Plan {
  readonly project: Project;
  /** In an order in which producers come before their consumers. */
  readonly nodes: readonly Node[];
  readonly warnings: readonly Problem[];
}

export interface Node {
  /** Position in `nodes`. */
  readonly index: number;
  /** The first experiment that has this stage; `main` where it is among them. */
  readonly experiment: string;
  readonly stage: Stage;
  /** All experiments whose stage of this name is this node. */
  readonly experiments: readonly string[];
  /** Producers, by position: through `from`, or because a dep lies in, is, or holds one of their outs. */
  readonly producers: readonly number[];
  readonly consumers: readonly number[];
}
