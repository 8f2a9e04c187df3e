/** The DAG the runner works on: every stage of every experiment asked for, equal ones only once. */
import type { ProjectPath } from '../base/paths.ts';
import type { Location, Problem } from '../base/problem.ts';
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
  /** Everything it reads from disk. Empty for frozen stages: their inputs do not count. */
  readonly inputs: readonly NodeInput[];
}

export interface NodeInput {
  /** What the key calls it: `from.role` or the path for commands (`./from.x` for a path that looks like a role), the role for `uses` stages. */
  readonly name: string;
  /** Where it lies for the experiment of the node. */
  readonly path: ProjectPath;
  /** Where the pipeline file says it lies, which is its place in `main`: what commands are told. */
  readonly mainPath: ProjectPath;
  /** The output it is, when it is exactly one; paths inside or around outputs have none. */
  readonly made: { readonly node: number; readonly output: string } | null;
  readonly at: Location;
}
