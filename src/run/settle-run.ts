/** After the last node: the checks that need the whole run, then lock and run record. */

import fs from 'node:fs';
import path from 'node:path';
import type { ProjectPath } from '../base/paths.ts';
import { isWithin } from '../base/paths.ts';
import { type Problem, problem, warning } from '../base/problem.ts';
import { operandWord } from '../base/shell-word.ts';
import { isLockPlace, lockName } from '../config/own-places.ts';
import { sameArtifact } from '../inputs/artifact.ts';
import type { Node } from '../plan/graph.ts';
import { outputLocation } from '../plan/locations.ts';
import type { LockedStage } from '../record/lock-file.ts';
import { lockedStage, updateLock } from '../record/lock-store.ts';
import type { RunOutcome } from './run-pipeline.ts';
import type { Session } from './session.ts';

/**
 * Outputs that are no longer what their stage made, because another stage wrote into them.
 *
 * Only looked for when a command ran in the project: nothing else writes there.
 */
export async function findForeignWrites(session: Session, outcome: RunOutcome): Promise<Problem[]> {
  const ran = [...outcome.records]
    .filter(([index, record]) => record.status === 'ran' && isCommand(session, index))
    .map(([index]) => index);
  if (ran.length === 0) return [];
  const problems: Problem[] = [];
  for (const [index, record] of outcome.records) {
    const node = session.plan.nodes[index];
    if (node === undefined || record.action === null) continue;
    for (const output of node.stage.outs) {
      const place = outputLocation(node.experiment, node.stage, output);
      session.reader.forget(place);
      const found = await session.reader.read(place);
      if (found.ok && sameArtifact(found.value, record.action.outputs[output.name] ?? null)) continue;
      problems.push(foreignWrite(session, node, place, ran));
    }
  }
  return problems;
}

function isCommand(session: Session, index: number): boolean {
  return session.plan.nodes[index]?.stage.action.kind === 'cmd';
}

function foreignWrite(session: Session, node: Node, place: string, ran: readonly number[]): Problem {
  const others = ran
    .filter((index) => index !== node.index)
    .map((index) => `\`${session.plan.nodes[index]?.stage.name}\``);
  const who = others.length === 0 ? 'something' : others.length <= 5 ? `one of ${others.join(', ')}` : 'another stage';
  return problem('E0682', `\`${place}\`, made by \`${node.stage.name}\`, was changed by ${who} during this run`, {
    stage: node.stage.name,
    path: place,
    expected: 'each output written by its own stage only',
    hint: `pipe run ${operandWord(node.stage.name)}   (puts it back)`,
  });
}

/** Names at the top of the folders commands work in: what appears there and belongs to nobody is worth a word. */
export function listWorkFolders(session: Session): ReadonlyMap<ProjectPath, ReadonlySet<string>> {
  const folders = new Map<ProjectPath, ReadonlySet<string>>();
  for (const node of session.plan.nodes) {
    const action = node.stage.action;
    if (action.kind === 'cmd' && !folders.has(action.wdir))
      folders.set(action.wdir, namesIn(path.join(session.root, action.wdir)));
  }
  return folders;
}

/** Names what appeared and belongs to no stage, and notes that a run made it. */
export function findUndeclared(
  session: Session,
  before: ReadonlyMap<ProjectPath, ReadonlySet<string>>,
  outcome: RunOutcome,
): Problem[] {
  const ran = [...outcome.records]
    .filter(([index, record]) => record.status === 'ran' && isCommand(session, index))
    .map(([index]) => session.plan.nodes[index]?.stage.name);
  if (ran.length === 0) return [];
  const declared = session.plan.nodes.flatMap((node) =>
    node.stage.outs.map((output) => outputLocation(node.experiment, node.stage, output)),
  );
  const known = (place: ProjectPath) =>
    place === 'cache' || place === 'artifacts' || isLockPlace(place) || declared.some((each) => isWithin(each, place));
  const found: ProjectPath[] = [];
  for (const [folder, names] of before) {
    for (const name of namesIn(path.join(session.root, folder))) {
      const place = (folder === '.' ? name : `${folder}/${name}`) as ProjectPath;
      if (!names.has(name) && name !== '__pycache__' && !known(place)) found.push(place);
    }
  }
  if (found.length === 0) return [];
  // Declaring them later, as the hint says, must not meet them as files of the user.
  session.owned.add(found);
  const who = ran.length === 1 ? `\`${ran[0]}\` made` : 'stages made';
  const shown = found
    .slice(0, 5)
    .map((each) => `\`${each}\``)
    .join(', ');
  return [
    warning(
      'E0684',
      `${who} ${shown}${found.length > 5 ? ` and ${found.length - 5} more` : ''}, which no stage declares`,
      {
        path: found[0] as string,
        ...(ran.length === 1 ? { stage: ran[0] as string } : {}),
        hint: `outs: [${found[0]}]   (an undeclared output is not kept, not restored, and reruns nothing)`,
      },
    ),
  ];
}

function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(fs.readdirSync(folder));
  } catch {
    return new Set();
  }
}

/** Entries of what this run settled; what it did not look at stays as it was. */
export async function writeLock(session: Session, outcome: RunOutcome, signal: AbortSignal): Promise<void> {
  const settled = new Map<string, Map<string, LockedStage>>();
  for (const [index, record] of outcome.records) {
    const node = session.plan.nodes[index];
    if (node === undefined || record.action === null) continue;
    const entry = lockedStage(record.action);
    for (const experiment of node.experiments) {
      const stages = settled.get(experiment) ?? new Map<string, LockedStage>();
      stages.set(node.stage.name, entry);
      settled.set(experiment, stages);
    }
  }
  const { experiments, experimentNames, file } = session.plan.project;
  const name = lockName(file);
  const existing = new Map(experiments.map((each) => [each.name, new Set(each.stages.keys())]));
  const hold = await session.store.hold([name], () => {}, signal);
  try {
    updateLock(session.root, name, settled, existing, new Set(experimentNames));
  } finally {
    hold.release();
  }
}
