/** Everything one command works with, opened once. */

import type { ProjectPath } from '../base/paths.ts';
import type { Problem } from '../base/problem.ts';
import type { Result } from '../base/result.ts';
import type { CodeReader } from '../code/code-reader.ts';
import type { IgnoreRule } from '../config/ignore.ts';
import type { Variant } from '../config/load-project.ts';
import type { Experiment } from '../config/stage.ts';
import type { Executor } from '../execute/executor.ts';
import type { InputReader } from '../inputs/reader.ts';
import type { Node, Plan } from '../plan/graph.ts';
import { baseExperiment, MAIN } from '../plan/locations.ts';
import type { Lock } from '../record/lock-file.ts';
import type { OwnedPaths } from '../record/owned-paths.ts';
import type { LocalStore } from '../store/open-store.ts';
import type { ActionRecord } from '../store/store.ts';

export interface Session {
  /** Absolute path of the project. */
  readonly root: string;
  /** Absolute folder of this program. */
  readonly packageRoot: string;
  readonly plan: Plan;
  /** Resolves an experiment under further values, from the files as they were when the session was opened. */
  readVariant(variant: Variant): Result<Experiment, readonly Problem[]>;
  /** Those of the project's sources that were there when it was read. */
  readonly sourcesFound: ReadonlySet<string>;
  readonly reader: InputReader;
  /** What the reader passes over. */
  readonly ignore: IgnoreRule;
  readonly code: CodeReader;
  readonly store: LocalStore;
  /** As read when the command began. */
  readonly lock: Lock;
  readonly owned: OwnedPaths;
  readonly executor: Executor;
  /** Name of this run: its records and logs carry it. */
  readonly run: string;
  /** Absolute folder of this run's logs. */
  readonly logs: string;
}

export function absolute(session: { readonly root: string }, path: ProjectPath): string {
  return `${session.root}/${path}`;
}

/** The last result of a node's stage: in its own experiment, or in `main` when the experiment is new. */
export function previousAction(session: Pick<Session, 'lock' | 'store'>, node: Node): ActionRecord | null {
  const name = node.stage.name;
  const entry = session.lock.get(baseExperiment(node.experiment))?.get(name) ?? session.lock.get(MAIN)?.get(name);
  return entry === undefined ? null : session.store.readAction(entry.key);
}
