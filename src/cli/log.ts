/** `pipe log STAGE`: what the programs of a stage printed, for the result it has now or for its last failure. */

import fs from 'node:fs';
import path from 'node:path';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok } from '../base/result.ts';
import { operandWord } from '../base/shell-word.ts';
import type { Node } from '../plan/graph.ts';
import { folderName } from '../plan/locations.ts';
import { selectNodes, withProducers } from '../plan/selection.ts';
import { evaluate } from '../run/evaluate.ts';
import { previousAction, type Session } from '../run/session.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { openFor } from './session.ts';

export const log: CommandRun = async (context) => {
  const opened = await openFor(context);
  if (!opened.ok) return opened;
  const { session } = opened.value;
  const chosen = selectNodes(session.plan, context.operands, true);
  if (!chosen.ok) return chosen;
  const evaluations = await evaluate(session, withProducers(session.plan, chosen.value), new Set());
  for (const index of chosen.value) {
    const node = session.plan.nodes[index];
    if (node === undefined) continue;
    const action = evaluations.get(index)?.action ?? null;
    // A failed execution has no record, only its log among the runs'; it is newer than whatever result is recorded.
    const file =
      (action === null ? newestLog(session, node) : null) ??
      storedLog(session, action?.log ?? previousAction(session, node)?.log ?? null);
    if (file !== null) process.stdout.write(fs.readFileSync(file));
    else if (action === null) return fail([nothingLogged(node)]);
  }
  return ok<ExitCode>(0);
};

function storedLog(session: Session, digest: string | null): string | null {
  if (digest === null) return null;
  const object = path.join(session.store.root, 'objects', digest.slice(0, 2), digest.slice(2));
  return fs.existsSync(object) ? object : null;
}

function newestLog(session: Session, node: Node): string | null {
  const logs = path.join(session.store.root, 'logs');
  if (!fs.existsSync(logs)) return null;
  for (const run of fs.readdirSync(logs).sort().reverse()) {
    const file = path.join(logs, run, folderName(node.experiment), `${folderName(node.stage.name)}.log`);
    if (fs.existsSync(file)) return file;
  }
  return null;
}

function nothingLogged(node: Node): Problem {
  return problem('E0592', `no log of \`${node.stage.name}\` is known: it never ran here`, {
    stage: node.stage.name,
    hint: `pipe run ${operandWord(node.stage.name)}`,
  });
}
