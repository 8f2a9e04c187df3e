/** A verification as Markdown: for the summary of a CI job, and for a comment on a pull request. */
import { isProven, type StageCheck, type Verification } from '../../run/verify/verification.ts';
import { durationText } from '../duration.ts';
import { differenceLines, plainProblem } from './plain-problem.ts';
import { nameOf, sentence, statusWord } from './verify-text.ts';

export function verifyMarkdown(verification: Verification): string {
  const { mode, status, stages, problems, varied } = verification;
  const isMany = new Set(stages.map((each) => each.experiment)).size > 1;
  const mark = status === 'ok' ? '✅' : '❌';
  const parts = [`### ${mark} pipe verify: ${sentence(verification)}`];
  if (problems.length > 0) parts.push(problems.map((each) => `- ${cell(plainProblem(each))}`).join('\n'));
  if (stages.length > 0) {
    const rows = stages.map(
      (check) =>
        `| ${cell(nameOf(check, isMany))} | ${isProven(check) ? '✅' : '❌'} ${statusWord(check, mode)} | ${check.seconds > 0 ? durationText(check.seconds) : ''} | ${cell(check.problems[0]?.message ?? '')} |`,
    );
    parts.push(['| stage | result | time | |', '|---|---|---:|---|', ...rows].join('\n'));
  }
  parts.push(...stages.flatMap((check) => detailsOf(check, isMany)));
  if (varied.length > 0) parts.push(`Varied on purpose: ${varied.map(cell).join(', ')}.`);
  return `${parts.join('\n\n')}\n`;
}

function detailsOf(check: StageCheck, isMany: boolean): string[] {
  if (check.problems.length === 0) return [];
  const lines = [
    ...check.problems.map(plainProblem),
    ...differenceLines(check).flatMap((each) => ['', each]),
    ...(check.logTail.length === 0 ? [] : ['', 'end of the log:', ...check.logTail]),
  ];
  return [`<details><summary>${escaped(nameOf(check, isMany))}</summary>\n\n${fenced(lines.join('\n'))}\n\n</details>`];
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}`;
}

function cell(text: string): string {
  return escaped(text.replaceAll('\n', ' ')).replaceAll('|', '\\|');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
