/**
 * Clearing the places of outputs, so that nothing of the user's is ever lost.
 *
 * What lies at an output's place is moved aside, never deleted, until the stage has succeeded; a file that no run made is
 * not touched at all unless forced; bytes that the store does not hold are kept in `cache/edited`, whoever wrote them.
 */

import fs from 'node:fs';
import path from 'node:path';
import type { ProjectPath } from '../base/paths.ts';
import { type Problem, problem, warning } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { operandWord, shellWord } from '../base/shell-word.ts';
import type { Output } from '../config/stage.ts';
import { type Artifact, sameArtifact } from '../inputs/artifact.ts';
import type { Node } from '../plan/graph.ts';
import { outputLocation } from '../plan/locations.ts';
import { move, moveOver } from './move.ts';
import { absolute, type Session } from './session.ts';

export interface Cleared {
  /** Puts back what was moved aside; for a stage that failed or was interrupted. */
  putBack(): void;
  /** Lets go of what was moved aside; for a stage that succeeded. */
  discard(): void;
  readonly warnings: readonly Problem[];
}

type Workspace = Pick<Session, 'root' | 'reader' | 'store' | 'lock' | 'owned' | 'run'>;

/**
 * @param recorded  what the last run left at each output, by output name: anything else there was edited by hand.
 */
export async function clearOutputs(
  session: Workspace,
  node: Node,
  recorded: Readonly<Record<string, Artifact>> | null,
  force: boolean,
): Promise<Result<Cleared, Problem>> {
  const toMove: Move[] = [];
  for (const output of node.stage.outs) {
    const place = outputLocation(node.experiment, node.stage, output);
    const found = await session.reader.read(place);
    if (found.ok && found.value === null && !exists(absolute(session, place))) continue;
    const isRecorded = found.ok && recorded !== null && sameArtifact(found.value, recorded[output.name] ?? null);
    const owner = isRecorded ? 'run' : ownerOf(session, node, output);
    if (owner === 'user' && !force) return fail(foreignFile(node, place, output.at));
    if (output.persist) detachFromStore(absolute(session, place));
    else if (isRecorded || isStored(session, found)) toMove.push({ place, keep: 'no' });
    else toMove.push({ place, keep: owner === 'dvc' ? 'silently' : 'and tell' });
  }
  session.owned.add(node.stage.outs.map((output) => outputLocation(node.experiment, node.stage, output)));
  return ok(moveAside(session, node, toMove));
}

interface Move {
  readonly place: ProjectPath;
  /** In `cache/edited`. What DVC made is DVC's to keep as well: nobody has to hear of it. */
  readonly keep: 'no' | 'silently' | 'and tell';
}

function moveAside(session: Workspace, node: Node, places: readonly Move[]): Cleared {
  const folder = places.length === 0 ? null : session.store.privateFolder('aside');
  const moved: { from: string; to: string }[] = [];
  const warnings: Problem[] = [];
  const moveOne = ({ place, keep }: Move, index: number) => {
    const from = absolute(session, place);
    const to = keep === 'no' ? `${folder}/${index}` : keptPlace(session, place);
    // Killed after this line, the output is absent; its bytes are in the store, or in cache/edited, or were kept out of the
    // store by the pipeline's own word (`cache: false`): the next run restores it or makes it again.
    move(from, to);
    moved.push({ from, to });
    session.reader.forget(place);
    if (keep === 'and tell') warnings.push(notAsLeft(session, node, place, to));
  };
  const drop = () => {
    if (folder !== null) fs.rmSync(folder, { recursive: true, force: true });
  };
  const putBack = () => {
    for (const { from, to } of moved) if (!exists(from) && exists(to)) move(to, from);
    for (const { place } of places) session.reader.forget(place);
    drop();
  };
  try {
    places.forEach(moveOne);
  } catch (error) {
    putBack();
    throw error;
  }
  return { warnings, discard: drop, putBack };
}

/** Whether the store holds just these bytes: then the place can be cleared without keeping them. */
function isStored(session: Workspace, found: Result<Artifact | null, Problem>): boolean {
  return found.ok && found.value !== null && session.store.has(found.value);
}

/** Whose a place is: a run's, when one made something there before or the committed lock says so; DVC's by its lock; else the user's. */
function ownerOf(session: Workspace, node: Node, output: Output): 'run' | 'dvc' | 'user' {
  const place = outputLocation(node.experiment, node.stage, output);
  // Places the pipeline file does not name are the runner's own, below `artifacts/`.
  if (place !== output.path || session.owned.has(place)) return 'run';
  if (session.lock.get(node.experiment)?.get(node.stage.name)?.outputs[output.name] !== undefined) return 'run';
  const { action } = node.stage;
  const inDvcLock = action.kind === 'cmd' ? path.posix.relative(action.wdir, place) : place;
  return isInDvcLock(session.root, inDvcLock) ? 'dvc' : 'user';
}

/** Someone who moves here from DVC has outputs in place that DVC made. Its lock lists each on a line of its own. */
function isInDvcLock(root: string, pathInLock: string): boolean {
  try {
    const lines = fs.readFileSync(path.join(root, 'dvc.lock'), 'utf8').split('\n');
    return lines.some((line) => line.trim() === `- path: ${pathInLock}`);
  } catch {
    return false;
  }
}

function foreignFile(node: Node, place: ProjectPath, at: Node['stage']['at']): Problem {
  return problem('E0680', `\`${place}\` is there already, and no run made it`, {
    at,
    stage: node.stage.name,
    path: place,
    expected: 'nothing there before the first run, because the stage writes it anew',
    hint: `mv ${shellWord(place)} ${shellWord(`${place}.mine`)}   (or let it be replaced: pipe run --force ${operandWord(node.stage.name)})`,
  });
}

function keptPlace(session: Workspace, place: ProjectPath): string {
  const base = `${session.store.root}/edited/${session.run}/${place}`;
  fs.mkdirSync(path.dirname(base), { recursive: true });
  let target = base;
  for (let copy = 2; exists(target); copy++) target = `${base}.${copy}`;
  return target;
}

function notAsLeft(session: Workspace, node: Node, place: ProjectPath, kept: string): Problem {
  return warning('E0681', `\`${place}\` was not as a run left it and is replaced`, {
    stage: node.stage.name,
    path: place,
    hint: `what was there is kept: ${path.relative(session.root, kept)}`,
  });
}

/** Makes what lies at a place plain files that share nothing with the store: it may be written to. */
export function detachFromStore(place: string): void {
  const copy = `${place}.pipe-copy`;
  fs.rmSync(copy, { recursive: true, force: true });
  fs.cpSync(place, copy, { recursive: true, verbatimSymlinks: true });
  makeWritable(copy);
  moveOver(copy, place);
}

function makeWritable(place: string): void {
  const stat = fs.lstatSync(place);
  if (stat.isSymbolicLink()) return;
  fs.chmodSync(place, stat.mode | 0o200);
  if (stat.isDirectory()) for (const name of fs.readdirSync(place)) makeWritable(`${place}/${name}`);
}

export function exists(place: string): boolean {
  return fs.lstatSync(place, { throwIfNoEntry: false }) !== undefined;
}
