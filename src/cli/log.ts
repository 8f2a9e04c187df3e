/** `pipe log STAGE`: what the programs of a stage printed, for the result it has now or for its last failure. */

import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok } from '../base/result.ts';
import { operandWord } from '../base/shell-word.ts';
import type { Node } from '../plan/graph.ts';
import { folderName } from '../plan/locations.ts';
import { previousAction, type Session } from '../run/session.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { lookAt } from './look-at.ts';

export const log: CommandRun = async (context) => {
  const looked = await lookAt(context);
  if (!looked.ok) return looked;
  const { session, chosen, evaluations } = looked.value;
  for (const index of chosen) {
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

function storedLog(session: Session, digest: Digest | null): string | null {
  if (digest === null) return null;
  const object = session.store.objects.file(digest);
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
