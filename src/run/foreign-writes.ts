/** After the last node: whether every output is still what its stage made. */

import type { ProjectPath } from '../base/paths.ts';
import { type Problem, problem } from '../base/problem.ts';
import { operandWord } from '../base/shell-word.ts';
import { type Artifact, sameArtifact } from '../inputs/artifact.ts';
import type { Node } from '../plan/graph.ts';
import { outputLocation } from '../plan/locations.ts';
import { allActions } from '../store/action-records.ts';
import { commandsThatRan } from './commands-that-ran.ts';
import { placeName } from './hold-places.ts';
import type { RunOutcome } from './run-pipeline.ts';
import type { Session } from './session.ts';

/**
 * Outputs that are no longer what their stage made, because another stage wrote into them.
 *
 * Only looked for when a command ran in the project: nothing else writes there.
 */
export async function findForeignWrites(session: Session, outcome: RunOutcome): Promise<Problem[]> {
  const ran = commandsThatRan(session, outcome);
  if (ran.length === 0) return [];
  const problems: Problem[] = [];
  for (const [index, record] of outcome.records) {
    const node = session.plan.nodes[index];
    if (node === undefined || record.action === null) continue;
    for (const output of node.stage.outs) {
      const place = outputLocation(node.experiment, node.stage, output);
      const recorded = record.action.outputs[output.name] ?? null;
      if (await holds(session, place, [recorded])) continue;
      // Another run, with other params perhaps, may rightly be at work there, or have put a result of its own there.
      if (session.store.isHeld(placeName(place))) continue;
      if (await holds(session, place, [recorded, ...knownResults(session, node, output.name)])) continue;
      problems.push(foreignWrite(session, node, place, ran));
    }
  }
  return problems;
}

async function holds(session: Session, place: ProjectPath, results: readonly (Artifact | null)[]): Promise<boolean> {
  session.reader.forget(place);
  const found = await session.reader.read(place);
  return found.ok && results.some((each) => sameArtifact(found.value, each));
}

/** What any run of this stage, here, ever made of an output. */
function knownResults(session: Session, node: Node, output: string): Artifact[] {
  const records = allActions(session.store.root).filter((record) => record.stage === node.stage.name);
  return records.flatMap((record) => record.outputs[output] ?? []);
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
