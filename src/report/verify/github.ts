/**
 * Problems as GitHub Actions workflow commands: annotations at the line of the file.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
import type { Problem } from '../../base/problem.ts';
import type { Verification } from '../../run/verify/verification.ts';
import { differenceLines, plainProblem } from './plain-problem.ts';

/** @param prefix  of the project in the repository, ending with a slash; empty when it is the repository. */
export function githubAnnotations({ stages, problems }: Verification, prefix: string): string {
  const general = problems.map((each) => annotation(each, [], prefix));
  const own = stages.flatMap((check) =>
    check.problems.map((each, index) => annotation(each, index === 0 ? differenceLines(check) : [], prefix)),
  );
  return [...general, ...own].join('');
}

function annotation(problem: Problem, differences: readonly string[], prefix: string): string {
  const { severity, code, stage, at } = problem;
  const place = at === undefined ? '' : `file=${property(prefix + at.file)},line=${at.line},col=${at.column},`;
  const title = property(`pipe verify${stage === undefined ? '' : `: ${stage}`} (${code})`);
  return `::${severity} ${place}title=${title}::${message([plainProblem(problem), ...differences].join('\n'))}\n`;
}

function message(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
