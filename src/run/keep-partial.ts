/** What a failed stage had made so far may explain the failure: the last such state of each stage is kept, if there is room. */
import fs from 'node:fs';
import type { Node } from '../plan/graph.ts';
import { folderName, outputLocation } from '../plan/locations.ts';
import { move } from './move.ts';
import { absolute, type Session } from './session.ts';
import type { WorkPlace } from './unit.ts';
import { exists } from './workspace.ts';

/** Below this much free space nothing is kept for curiosity. */
const ROOM_BYTES = 64 << 20;

/** Clears the places where the unit worked. A persisting output in its own place stays: it is the only one there is. */
export function keepPartial(session: Session, node: Node, work: WorkPlace): void {
  const folder = `${session.store.root}/failed/${folderName(node.stage.name)}`;
  const isRoomy = isPossible(() => fs.rmSync(folder, { recursive: true, force: true })) && hasRoom(session.root);
  for (const output of node.stage.outs) {
    const made = work.made.get(output.name);
    if (made === undefined || !exists(made)) continue;
    if (output.persist && made === absolute(session, outputLocation(node.experiment, node.stage, output))) continue;
    // Keeping is a courtesy: where it cannot be done, the place has to be cleared all the same.
    const isKept = isRoomy && isPossible(() => move(made, `${folder}/${folderName(output.name)}`));
    if (!isKept) fs.rmSync(made, { recursive: true, force: true });
  }
}

function hasRoom(folder: string): boolean {
  const { bavail, bsize } = fs.statfsSync(folder);
  return bavail * bsize > ROOM_BYTES;
}

function isPossible(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
