/**
 * Files that appeared during a run beside the outputs of commands, and that no stage declares.
 *
 * Only the names at the top of the folders in which commands work are looked at: more would cost a walk of the project.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { ProjectPath } from '../base/paths.ts';
import { type Problem, warning } from '../base/problem.ts';
import { isLockPlace } from '../config/own-places.ts';
import type { Plan } from '../plan/graph.ts';
import { outputLocation } from '../plan/locations.ts';
import { commandsThatRan } from './commands-that-ran.ts';
import type { RunOutcome } from './run-pipeline.ts';
import type { Session } from './session.ts';

type Looking = Pick<Session, 'root' | 'plan'>;

/** Names at the top of the folders commands work in: what appears there and belongs to nobody is worth a word. */
export function listWorkFolders(session: Looking): ReadonlyMap<ProjectPath, ReadonlySet<string>> {
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
  session: Looking & Pick<Session, 'owned'>,
  before: ReadonlyMap<ProjectPath, ReadonlySet<string>>,
  outcome: RunOutcome,
): Problem[] {
  const ran = commandsThatRan(session, outcome).map((index) => session.plan.nodes[index]?.stage.name);
  if (ran.length === 0) return [];
  const declared = declaredPlaces(session.plan);
  const found: ProjectPath[] = [];
  for (const [folder, names] of before) {
    for (const name of namesIn(path.join(session.root, folder))) {
      const place = (folder === '.' ? name : `${folder}/${name}`) as ProjectPath;
      if (!names.has(name) && name !== '__pycache__' && !declared.has(place) && !isRunners(place)) found.push(place);
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

/** Places of outputs and every folder around one: what lies there belongs to a stage, or holds what does. */
function declaredPlaces(plan: Plan): ReadonlySet<string> {
  const declared = new Set<string>();
  const addWithFolders = (place: string): void => {
    if (place === '.' || declared.has(place)) return;
    declared.add(place);
    addWithFolders(path.posix.dirname(place));
  };
  for (const { experiment, stage } of plan.nodes)
    for (const output of stage.outs) addWithFolders(outputLocation(experiment, stage, output));
  return declared;
}

function isRunners(place: ProjectPath): boolean {
  return place === 'cache' || place === 'artifacts' || isLockPlace(place);
}

function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(fs.readdirSync(folder));
  } catch {
    return new Set();
  }
}
