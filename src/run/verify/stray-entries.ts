/** What is wrong with `pipeline.lock` as a whole: lines that are not its own, and entries of stages that are not there. */
import { type Problem, problem } from '../../base/problem.ts';
import { lockName } from '../../config/own-places.ts';
import { readLock } from '../../record/lock-store.ts';
import type { Session } from '../session.ts';

export function damagedLock(session: Session): readonly Problem[] {
  const name = lockName(session.plan.project.file);
  if (!readLock(session.root, name).damaged) return [];
  return [
    problem('E1307', `\`${name}\` holds lines that are not its own, such as conflict markers`, {
      at: { file: name, line: 1, column: 1 },
      expected: 'the lock as a run wrote it',
      hint: 'pipe run   (writes it anew)',
    }),
  ];
}

/** Entries of experiments the file does not define, and of stages that the experiments looked at do not have. */
export function strayEntries(session: Session): readonly Problem[] {
  const { experiments, experimentNames, file } = session.plan.project;
  const name = lockName(file);
  const strays: string[] = [];
  for (const [experiment, entries] of session.lock) {
    if (!experimentNames.includes(experiment)) strays.push(`experiment \`${experiment}\``);
    const stages = experiments.find((each) => each.name === experiment)?.stages;
    if (stages === undefined) continue;
    for (const stage of entries.keys()) if (!stages.has(stage)) strays.push(`stage \`${stage}\` of \`${experiment}\``);
  }
  return strays.map((stray) =>
    problem('E1306', `\`${name}\` has an entry of ${stray}, which \`${file}\` does not have`, {
      at: { file: name, line: 1, column: 1 },
      expected: 'entries of the stages of the pipeline',
      hint: 'pipe run   (takes it out)',
    }),
  );
}
