/** `pipe report [EXPERIMENT…]`: a page about experiments, in one file. */
import fs from 'node:fs';
import path from 'node:path';
import { findSubject } from '../analyse/find-subject.ts';
import { openRecords } from '../analyse/records.ts';
import type { Subject } from '../analyse/subject.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok } from '../base/result.ts';
import { shellWord } from '../base/shell-word.ts';
import { MAIN } from '../plan/locations.ts';
import { sizeText } from '../report/duration.ts';
import { reportPage } from '../report/html/report-page.ts';
import { jsonLine } from '../report/json-lines.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { definitionsOf } from './definitions.ts';
import { gitIn } from './git.ts';
import { pipelineFile } from './places.ts';
import { writeResult } from './results.ts';

const DEFAULT_FILE = 'report.html';

export const report: CommandRun = async (context) => {
  const { root, file, operands, options } = context;
  const records = openRecords(root, pipelineFile(root, file));
  const find = {
    experiment: options.experiments[0] ?? MAIN,
    definitions: () => definitionsOf(context),
    git: gitIn(root),
  };
  const subjects: Subject[] = [];
  const problems: Problem[] = [];
  for (const name of operands.length > 0 ? operands : options.experiments.length > 0 ? options.experiments : [MAIN]) {
    const found = await findSubject(records, name, find);
    if (!found.ok) problems.push(found.failure);
    else if (found.value.members.every(hasNothing)) problems.push(nothingStored(name));
    else subjects.push(found.value);
  }
  const target = options.out ?? DEFAULT_FILE;
  const misplaced = target === '-' ? null : faultOf(target);
  if (misplaced !== null) problems.push(misplaced);
  if (problems.length > 0) return fail(problems);

  const page = await reportPage(records, subjects, path.basename(path.resolve(root)));
  writeResult(target, page);
  const bytes = Buffer.byteLength(page);
  if (options.json && target !== '-') process.stdout.write(jsonLine({ event: 'report', file: target, bytes }));
  else if (!options.quiet && target !== '-') process.stdout.write(`${target}   ${sizeText(bytes)}, opens offline\n`);
  return ok<ExitCode>(0);
};

function hasNothing({ stages }: Subject['members'][number]): boolean {
  return [...stages.values()].every(({ action }) => action === null);
}

function nothingStored(name: string): Problem {
  return problem('E1401', `none of the results of \`${name}\` is in the store`, {
    expected: 'results that were made here, or fetched',
    hint: name === MAIN ? 'pipe run' : `pipe run --experiment ${shellWord(name)}`,
  });
}

/** Found before the page is made: that may take a while. */
function faultOf(target: string): Problem | null {
  const isFolder = fs.statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
  const folder = path.dirname(path.resolve(target));
  if (!isFolder && fs.existsSync(folder)) return null;
  return problem('E1400', isFolder ? `\`${target}\` is a folder` : `there is no folder \`${path.dirname(target)}\``, {
    expected: 'a file in a folder that exists',
    path: target,
    hint: `pipe report --out ${shellWord(isFolder ? path.join(target, DEFAULT_FILE) : DEFAULT_FILE)}`,
  });
}
