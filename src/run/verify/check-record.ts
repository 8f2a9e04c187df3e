/** The record in the cache under a locked key: whole, of that key, and of one mind with the lock. */
import fs from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { ProjectPath } from '../../base/paths.ts';
import { type Problem, problem } from '../../base/problem.ts';
import { operandWord } from '../../base/shell-word.ts';
import { keyOf } from '../../key/stage-key.ts';
import type { Node } from '../../plan/graph.ts';
import type { LockedOutput, LockedStage } from '../../record/lock-file.ts';
import { lockedStage } from '../../record/lock-store.ts';
import { numbersIn, readMetrics } from '../../record/metric-values.ts';
import { actionFile } from '../../store/action-records.ts';
import type { ActionRecord } from '../../store/store.ts';
import { absolute, type Session } from '../session.ts';

export interface RecordCheck {
  /** Null when the cache has no record under this key, or one that cannot be believed. */
  readonly action: ActionRecord | null;
  readonly problems: readonly Problem[];
}

export function checkRecord(session: Pick<Session, 'store'>, node: Node, entry: LockedStage): RecordCheck {
  const action = session.store.readAction(entry.key);
  if (action === null) {
    const isThere = fs.existsSync(actionFile(session.store.root, entry.key));
    return { action: null, problems: isThere ? [unbelievable(node, 'was edited or damaged')] : [] };
  }
  // A frozen result that was taken over, not made, is named after its outputs.
  if (keyOf(action.manifest) !== action.key)
    return { action: null, problems: [unbelievable(node, 'is that of other inputs, params or code')] };
  const given = Object.keys(entry.inputs);
  const recorded = lockedStage(action, given);
  const parts = (['inputs', 'outputs', 'metrics'] as const).flatMap((part) => differing(entry[part], recorded[part]));
  return { action, problems: parts.length === 0 ? [] : [disagreement(node, parts)] };
}

/** Without a record: the metrics of the lock against the file in place, whose bytes are the recorded ones. */
export async function checkNumbers(
  session: Pick<Session, 'root'>,
  node: Node,
  entry: LockedStage,
  output: string,
  place: ProjectPath,
): Promise<readonly Problem[]> {
  const prefix = `${output}:`;
  const locked = Object.entries(entry.metrics).filter(([name]) => name === output || name.startsWith(prefix));
  const found = Object.entries(numbersIn(await readMetrics(absolute(session, place)))).map(
    ([name, value]): [string, number] => [name === '' ? output : prefix + name, value],
  );
  const parts = differing(Object.fromEntries(locked), Object.fromEntries(found));
  return parts.length === 0 ? [] : [disagreement(node, parts)];
}

type Facts = Readonly<Record<string, number | LockedOutput>>;

function differing(inLock: Facts, recorded: Facts): string[] {
  const names = new Set([...Object.keys(inLock), ...Object.keys(recorded)]);
  return [...names].sort().flatMap((name) => {
    const [locked, known] = [inLock[name], recorded[name]];
    return isDeepStrictEqual(locked, known) ? [] : [`\`${name}\` is ${show(locked)}, recorded was ${show(known)}`];
  });
}

function show(value: number | LockedOutput | undefined): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'number' ? String(value) : `${value.kind} ${value.digest.slice(0, 12)}…`;
}

function disagreement(node: Node, parts: readonly string[]): Problem {
  const { name, at } = node.stage;
  const more = parts.length > 1 ? `, and ${parts.length - 1} more` : '';
  return problem('E1304', `the lock does not say what was recorded for \`${name}\`: ${parts[0]}${more}`, {
    at,
    stage: name,
    experiment: node.experiment,
    expected: 'a lock as the run wrote it',
    hint: `pipe run ${operandWord(name)}   (writes the entry anew)`,
  });
}

function unbelievable(node: Node, what: string): Problem {
  const { name, at } = node.stage;
  return problem('E1305', `the record of \`${name}\` in the cache ${what}`, {
    at,
    stage: name,
    experiment: node.experiment,
    expected: 'the record that the run wrote',
    hint: `pipe run --force ${operandWord(name)}`,
  });
}
