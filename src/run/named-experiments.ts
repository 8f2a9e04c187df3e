/**
 * What can be done to an experiment as a whole: keep one that was only tried, give it another name, take it away, write it
 * into the pipeline file. Results are never touched: they lie in the store under their keys, whatever names lead to them.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { shellWord } from '../base/shell-word.ts';
import { addExperiment, removeExperiment, renameExperiment } from '../config/edit-experiments.ts';
import { MAIN, type WrittenExperiment } from '../config/experiments.ts';
import type { Override } from '../config/override.ts';
import { lockName } from '../config/own-places.ts';
import { readRecorded, writeRecorded } from '../config/recorded-experiments.ts';
import { nameFault } from '../config/stage-name.ts';
import { diskWorld } from '../config/world.ts';
import { folderName } from '../plan/locations.ts';
import { editLock } from '../record/lock-store.ts';
import type { Session } from './session.ts';

type Opened = Pick<Session, 'root' | 'plan' | 'store'>;
type Done = Result<null, Problem>;

/** Keeps values as an experiment: those of `base`, and `overrides` over them. The same once more changes nothing. */
export async function keepExperiment(
  session: Opened,
  name: string,
  base: string,
  overrides: readonly Override[],
): Promise<Done> {
  const { definitions, file } = session.plan.project;
  const all = [...(definitions.get(base)?.overrides ?? []), ...overrides];
  const taken = definitions.get(name);
  if (taken !== undefined && sameValues(taken.overrides, all)) return ok(null);
  const fault = faultOfName(session, name);
  if (fault !== null) return fail(fault);
  return holdingLock(session, () => writeRecorded(session.root, file, name, all));
}

export async function promoteExperiment(session: Opened, name: string): Promise<Done> {
  const { file } = session.plan.project;
  const kept = recordedNamed(session, name);
  if (kept === undefined) return fail(cannot(session, name, 'is written in the pipeline file already'));
  return holdingLock(session, () => {
    const target = path.join(session.root, file);
    replaceText(target, addExperiment(fs.readFileSync(target, 'utf8'), name, kept.overrides));
    writeRecorded(session.root, file, name, null);
  });
}

export async function removeNamed(session: Opened, name: string): Promise<Done> {
  const { file } = session.plan.project;
  const edit = editFor(session, name, (text) => removeExperiment(text, name), null);
  if (!edit.ok) return edit;
  return holdingLock(session, () => {
    edit.value();
    const members = membersOf(session, name);
    editLock(session.root, lockName(file), (lock) => {
      for (const member of members) lock.delete(member);
    });
    removeArtifacts(session.root, members);
  });
}

export async function renameNamed(session: Opened, old: string, name: string): Promise<Done> {
  const { file } = session.plan.project;
  const fault = faultOfName(session, name);
  if (fault !== null) return fail(fault);
  const edit = editFor(session, old, (text) => renameExperiment(text, old, name), name);
  if (!edit.ok) return edit;
  return holdingLock(session, () => {
    edit.value();
    const members = membersOf(session, old);
    editLock(session.root, lockName(file), (lock) => {
      for (const member of members) {
        const entries = lock.get(member);
        lock.delete(member);
        if (entries !== undefined) lock.set(name + member.slice(old.length), entries);
      }
    });
    removeArtifacts(session.root, members);
  });
}

/** Where the name is written decides what is edited: the file of kept experiments, or the text of the pipeline file. */
function editFor(
  session: Opened,
  old: string,
  change: (text: string) => string | null,
  name: string | null,
): Result<() => void, Problem> {
  const { file } = session.plan.project;
  const kept = recordedNamed(session, old);
  if (kept !== undefined)
    return ok(() => {
      writeRecorded(session.root, file, old, null);
      if (name !== null) writeRecorded(session.root, file, name, kept.overrides);
    });
  const target = path.join(session.root, file);
  const text = change(fs.readFileSync(target, 'utf8'));
  if (text === null) return fail(cannot(session, old, 'has no line of its own in the pipeline file'));
  return ok(() => replaceText(target, text));
}

function recordedNamed({ root, plan }: Opened, name: string): WrittenExperiment | undefined {
  return readRecorded(diskWorld, root, plan.project.file).get(name);
}

function membersOf({ plan }: Opened, name: string): readonly string[] {
  return plan.project.experimentNames.filter(
    (each) => each === name || plan.project.definitions.get(each)?.group === name,
  );
}

/** Links into the store; `pipe checkout` puts them back in place under whatever name the experiment has then. */
function removeArtifacts(root: string, experiments: readonly string[]): void {
  for (const each of experiments)
    fs.rmSync(path.join(root, 'artifacts', folderName(each)), { recursive: true, force: true });
}

async function holdingLock(session: Opened, change: () => void): Promise<Done> {
  const hold = await session.store.hold([lockName(session.plan.project.file)], () => {}, new AbortController().signal);
  try {
    change();
    return ok(null);
  } finally {
    hold.release();
  }
}

function replaceText(target: string, text: string): void {
  const temporary = `${target}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, text);
  fs.renameSync(temporary, target);
}

function faultOfName({ plan }: Opened, name: string): Problem | null {
  const { experimentNames, definitions } = plan.project;
  const fault =
    nameFault(name, true) ??
    (name.includes('@') ? 'holds `@`, which parts the name of a matrix from its values' : null);
  const isTaken = experimentNames.includes(name) || [...definitions.values()].some((each) => each.group === name);
  if (fault === null && !isTaken) return null;
  return problem('E1205', `experiment name \`${name}\` ${fault ?? 'is that of another experiment'}`, {
    experiment: name,
    expected: 'a name that no experiment has',
    hint: fault === null ? `pipe exp remove ${shellWord(name)}` : 'pipe run --set PATH=VALUE --name longer',
  });
}

function cannot({ plan }: Opened, name: string, why: string): Problem {
  const { experimentNames, definitions } = plan.project;
  const group = definitions.get(name)?.group;
  const isKnown = experimentNames.includes(name) || [...definitions.values()].some((each) => each.group === name);
  const message = !isKnown
    ? `there is no experiment \`${name}\``
    : name === MAIN
      ? '`main` is the plain pipeline, not an experiment of its own'
      : group !== undefined && group !== name
        ? `\`${name}\` is one of several made by \`${group}\``
        : `\`${name}\` ${why}`;
  return problem('E1206', message, {
    experiment: name,
    expected: 'an experiment that has a line of its own, or was kept with `--name`',
    hint: group !== undefined && group !== name ? `pipe exp rename ${shellWord(group)} NAME` : 'pipe exp',
  });
}

function sameValues(a: readonly Override[], b: readonly Override[]): boolean {
  const text = (overrides: readonly Override[]) =>
    JSON.stringify([...new Map(overrides.map(({ path: key, value }) => [key, value]))].sort());
  return text(a) === text(b);
}
