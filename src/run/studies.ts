/** The searches of a pipeline and how far each is: finished, stopped on the way, or running somewhere now. */
import path from 'node:path';
import type { Node } from '../plan/graph.ts';
import { readStudy, type Study } from '../search/read-study.ts';
import { type JournalTrial, readJournal } from '../search/read-trials.ts';
import type { Evaluation } from './evaluate.ts';
import { previousAction, type Session } from './session.ts';

export interface StudyState {
  readonly node: Node;
  /** `running`: some run works on it now. `stopped`: one did, and left trials that will not be run again. */
  readonly state: 'up to date' | 'out of date' | 'never ran' | 'running' | 'stopped';
  /** The last finished one; its params may be older than those of the file. */
  readonly study: Study | null;
  /** Of the search that is under way. */
  readonly journal: readonly JournalTrial[];
  /** Trials asked for. */
  readonly asked: number | null;
}

export function isSearch(node: Node): boolean {
  return node.stage.outs.some(({ name }) => name === 'trials.jsonl');
}

export function stateOf(session: Session, node: Node, evaluation: Evaluation): StudyState {
  const action = evaluation.action ?? previousAction(session, node);
  const study = action === null ? null : readStudy(session.store, action);
  const journal = evaluation.key === null ? [] : readJournal(journalPath(session, evaluation.key));
  const asked = node.stage.action.kind === 'uses' ? node.stage.action.with.trials : null;
  return {
    node,
    state:
      evaluation.freshness === 'fresh' ? 'up to date' : stateWithoutResult(session, evaluation.key, study, journal),
    study,
    journal: evaluation.freshness === 'fresh' ? [] : journal,
    asked: typeof asked === 'number' ? asked : null,
  };
}

function stateWithoutResult(
  session: Session,
  key: string | null,
  study: Study | null,
  journal: readonly JournalTrial[],
): StudyState['state'] {
  if (key !== null && session.store.isHeld(`key ${key}`)) return 'running';
  if (journal.length > 0) return 'stopped';
  return study === null ? 'never ran' : 'out of date';
}

/** Where a search writes its journal while it runs; see its stage. */
function journalPath(session: Session, key: string): string {
  return path.join(session.store.root, 'checkpoints', key, 'journal.jsonl');
}
