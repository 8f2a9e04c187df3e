/**
 * Writing the certificate of "nothing to do", with care: it must never vouch for a state that was not examined.
 *
 * Three conditions. All that was read must have been still since before this process began, so that what was read and what
 * is signed are the same. After signing, everything is examined once more and must again be fresh, so that nothing vanished
 * in between. And no stage may be one that runs every time.
 */
import fs from 'node:fs';
import path from 'node:path';
import { ignoreFilesAbove } from '../config/ignore.ts';
import { lockName } from '../config/own-places.ts';
import { isKept } from '../plan/kept-output.ts';
import { outputLocation } from '../plan/locations.ts';
import { type Certificate, certificatePath, signPaths, signVariable } from './certificate-format.ts';
import { evaluate } from './evaluate.ts';
import type { Session } from './session.ts';

/** What was told, in the three forms it can be asked for. */
export interface Told {
  readonly stdout: string;
  readonly stderr: string;
  readonly jsonLines: string;
}

/** @param tell renders what was told; only called when the certificate can be given. */
export async function writeCertificate(
  session: Session,
  selected: ReadonlySet<number>,
  argv: readonly string[],
  tell: () => Told,
): Promise<void> {
  const { project } = session.plan;
  const seen = await pathsSeen(session, selected);
  const paths = [...new Set([...project.sources, ...seen.must, ...seen.mayBe, ...programFiles(session)])];
  const signed = signPaths(session.root, paths);
  if (signed.settledMs >= performance.timeOrigin) return;
  if (signed.absent.some((each) => seen.must.has(each) || session.sourcesFound.has(each))) return;
  for (const each of seen.read) session.reader.forget(each);
  const again = await evaluate(session, selected, new Set());
  if ([...again.values()].some((each) => each.freshness !== 'fresh')) return;
  const told = tell();
  const certificate: Certificate = {
    version: 1,
    argv,
    paths,
    entries: signed.entries,
    a: signed.a,
    b: signed.b,
    environment: project.environment.map((name) => signVariable(name, process.env[name])),
    stdout: told.stdout,
    stderr: told.stderr,
  };
  const target = certificatePath(session.root, argv);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  publish(`${target}l`, told.jsonLines);
  publish(target, JSON.stringify(certificate));
}

function publish(target: string, text: string): void {
  const temporary = `${target}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, text);
  fs.renameSync(temporary, target);
}

/** Inputs and outputs of the selected nodes, which must all be there; what code and rules for ignoring are made of, which may. */
async function pathsSeen(session: Session, selected: ReadonlySet<number>) {
  const must = new Set<string>();
  const read = new Set<Parameters<Session['reader']['forget']>[0]>();
  const mayBe = new Set<string>();
  for (const node of session.plan.nodes) {
    if (!selected.has(node.index)) continue;
    for (const input of node.inputs) {
      read.add(input.path);
      if (input.made !== null) continue;
      for (const file of ignoreFilesAbove(input.path, session.plan.project.dialect))
        mayBe.add(path.join(session.root, file));
    }
    for (const output of node.stage.outs) {
      for (const experiment of node.experiments) {
        const place = outputLocation(experiment, node.stage, output);
        if (isKept(output) || experiment === node.experiment) read.add(place);
      }
    }
    if (node.stage.action.kind !== 'uses') continue;
    const found = await session.code.read(node.stage.action.entry);
    if (found.ok) for (const source of found.value.sources) mayBe.add(source);
  }
  for (const each of read) must.add(each);
  must.add(lockName(session.plan.project.file));
  return { must, read, mayBe };
}

/** The program itself: another version may answer otherwise. */
function programFiles(session: Session): string[] {
  return [path.join(session.packageRoot, 'package.json'), path.join(session.packageRoot, 'dist', 'pipe.cjs')];
}
