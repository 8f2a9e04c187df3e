/** `pipe diff A B [C …]`: what differs between results, and whether the difference is more than chance. */
import { diffOf } from '../analyse/diff.ts';
import { type FindOptions, findSubject } from '../analyse/find-subject.ts';
import { openRecords, type Records } from '../analyse/records.ts';
import type { Subject } from '../analyse/subject.ts';
import type { Problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { MAIN } from '../plan/locations.ts';
import { diffMarkdown } from '../report/diff-markdown.ts';
import { diffText } from '../report/diff-text.ts';
import { jsonLine } from '../report/json-lines.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { definitionsOf } from './definitions.ts';
import { gitIn } from './git.ts';
import { pipelineFile } from './places.ts';
import { screenColumns, screenPaint, writeResult } from './results.ts';

export const diff: CommandRun = async (context) => {
  const { root, file, operands, options } = context;
  const records = openRecords(root, pipelineFile(root, file));
  const subjects = await subjectsOf(records, operands, {
    experiment: options.experiments[0] ?? MAIN,
    definitions: () => definitionsOf(context),
    git: gitIn(root),
  });
  if (!subjects.ok) return subjects;
  const made = diffOf(records, subjects.value);
  if (options.markdown !== null) writeResult(options.markdown, diffMarkdown(made));
  if (options.html !== null) writeResult(options.html, await (await import('../report/diff-html.ts')).diffPage(made));
  if (options.json) process.stdout.write(jsonLine(made));
  else if (!options.quiet && options.markdown !== '-')
    process.stdout.write(diffText(made, screenColumns(), screenPaint(options)));
  return ok<ExitCode>(0);
};

/** One name alone is compared with what there is now: an experiment with `main`, an earlier run or revision with today's. */
async function subjectsOf(
  records: Records,
  names: readonly string[],
  options: FindOptions,
): Promise<Result<readonly Subject[], readonly Problem[]>> {
  const subjects: Subject[] = [];
  const problems: Problem[] = [];
  for (const name of names) {
    const found = await findSubject(records, name, options);
    if (found.ok) subjects.push(found.value);
    else problems.push(found.failure);
  }
  const [only] = subjects;
  if (problems.length === 0 && names.length === 1 && only !== undefined) {
    const now = await findSubject(records, only.kind === 'experiment' ? MAIN : options.experiment, options);
    if (!now.ok) return fail([now.failure]);
    return ok(only.kind === 'experiment' ? [now.value, only] : [only, now.value]);
  }
  return problems.length > 0 ? fail(problems) : ok(subjects);
}
