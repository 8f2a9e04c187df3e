/**
 * A Problem as text for a person: the message, the line of the file with a caret, what was expected, one hint.
 *
 * The only place that words a problem for the terminal; `--json` prints the record itself. Reads no file: the caller gives
 * lines.
 */
import type { Location, Problem } from '../base/problem.ts';
import { visible } from '../base/visible.ts';
import { createPaint, type Paint } from './paint.ts';
import { textWidth } from './text-width.ts';

/** One line of a file (from 1), or null when it cannot be had. */
export type ReadLine = (file: string, line: number) => string | null;

/** A line longer than this is shown as a window around the caret. */
const WINDOW = 100;
const LEAD = 40;

/** The problem, in lines, with a line break at the end. */
export function renderProblem(problem: Problem, readLine: ReadLine, paint: Paint = createPaint(false)): string {
  const tint = problem.severity === 'error' ? paint.red : paint.yellow;
  const gutter = ' '.repeat(gutterWidth(problem));
  const out = [
    `${tint(paint.bold(`${problem.severity}[${problem.code}]`))}: ${paint.bold(messageLine(problem.message))}`,
  ];
  if (problem.at !== undefined) out.push(...excerpt(problem.at, null, gutter, readLine, paint, tint));
  if (problem.related !== undefined) {
    out.push(...excerpt(problem.related.at, problem.related.message, gutter, readLine, paint, paint.cyan));
  }
  const facts = [...context(problem), ...(problem.expected === undefined ? [] : [`expected: ${problem.expected}`])];
  for (const fact of facts) out.push(`${gutter} ${paint.dim('=')} ${messageLine(fact)}`);
  if (problem.hint !== undefined) {
    if (out.length > 1) out.push('');
    out.push(`${paint.cyan('hint')}: ${messageLine(problem.hint)}`);
  }
  return `${out.join('\n')}\n`;
}

/** One slip in a file can make hundreds of problems; the first of them tell it. */
const MOST_PROBLEMS = 10;

/** Several problems, a blank line between them; those left out are counted. */
export function renderProblems(
  problems: readonly Problem[],
  readLine: ReadLine,
  paint: Paint = createPaint(false),
): string {
  const shown = problems.slice(0, MOST_PROBLEMS).map((each) => renderProblem(each, readLine, paint));
  const more = problems.length - shown.length;
  return shown.join('\n') + (more > 0 ? `\nand ${more} more\n` : '');
}

/** Messages may hold line breaks (a program's last words); every line but the first is indented. */
function messageLine(text: string): string {
  return text.split('\n').map(visible).join('\n    ');
}

/** Stage, experiment and path, where the message does not already say them. */
function context(problem: Problem): readonly string[] {
  const parts = [
    ['stage', problem.stage],
    ['experiment', problem.experiment === 'main' ? undefined : problem.experiment],
    ['path', problem.path],
  ] as const;
  return parts.flatMap(([name, value]) =>
    value === undefined || problem.message.includes(`\`${value}\``) ? [] : [`${name}: \`${visible(value)}\``],
  );
}

function gutterWidth(problem: Problem): number {
  const last = Math.max(problem.at?.line ?? 0, problem.related?.at.line ?? 0);
  return Math.max(2, String(last).length);
}

function excerpt(
  at: Location,
  label: string | null,
  gutter: string,
  readLine: ReadLine,
  paint: Paint,
  tint: (text: string) => string,
): readonly string[] {
  const head = `${gutter}${paint.dim('-->')} ${visible(at.file)}:${at.line}:${at.column}`;
  const line = readLine(at.file, at.line);
  const suffix = label === null ? '' : ` ${messageLine(label)}`;
  if (line === null) return [label === null ? head : `${head}${suffix}`];
  const { text, before, marked } = windowed(line, at);
  const bar = paint.dim('|');
  const caret = '^'.repeat(Math.max(1, textWidth(marked)));
  return [
    head,
    `${gutter} ${bar}`,
    `${paint.dim(String(at.line).padStart(gutter.length))} ${bar} ${text}`.trimEnd(),
    `${gutter} ${bar} ${' '.repeat(textWidth(before))}${tint(`${caret}${suffix}`)}`,
  ];
}

/** The part of the line around the caret, its controls made visible, and what stands before and under the caret. */
function windowed(line: string, at: Location): { text: string; before: string; marked: string } {
  const start = Math.min(Math.max(0, at.column - 1), line.length);
  const end = Math.min(start + Math.max(1, at.length ?? 1), line.length);
  const show = (text: string) => visible(text.replaceAll('\t', '  '));
  const from = line.length <= WINDOW ? 0 : Math.max(0, start - LEAD);
  const to = line.length <= WINDOW ? line.length : Math.min(line.length, from + WINDOW);
  const before = (from > 0 ? '…' : '') + show(line.slice(from, start));
  const marked = show(line.slice(start, Math.min(end, to)));
  const after = show(line.slice(Math.min(end, to), to)) + (to < line.length ? '…' : '');
  return { text: before + marked + after, before, marked };
}
