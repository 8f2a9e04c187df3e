/** `pipe verify` for the terminal: one line a stage, what is wrong below it, and the one sentence at the end. */
import { assertNever } from '../../base/result.ts';
import { visible } from '../../base/visible.ts';
import { isProven, type StageCheck, type Verification, type VerifyMode } from '../../run/verify/verification.ts';
import { counted, durationText } from '../duration.ts';
import type { Paint } from '../paint.ts';
import { type ReadLine, renderProblem } from '../problem-text.ts';
import { padEnd } from '../text-width.ts';

export interface VerifyScreen {
  readonly mode: VerifyMode;
  readonly paint: Paint;
  readonly readLine: ReadLine;
  /** Columns of the longest name. */
  readonly labelWidth: number;
  /** Whether several experiments are looked at, so that names need theirs. */
  readonly isMany: boolean;
}

const STATUS_WIDTH = 18;

/** The lines of one stage, with line breaks. */
export function checkText(check: StageCheck, screen: VerifyScreen): string {
  const { paint, readLine, labelWidth } = screen;
  const word = padEnd(statusWord(check, screen.mode), STATUS_WIDTH);
  const paintOf = isProven(check) ? paint.green : check.status === 'failed' ? paint.red : paint.yellow;
  const time = check.seconds > 0 ? durationText(check.seconds) : '';
  const row = `  ${padEnd(visible(nameOf(check, screen.isMany)), labelWidth)}  ${paintOf(word)}${time}`.trimEnd();
  if (check.problems.length === 0) return `${row}\n`;
  const problems = check.problems.map((each) => `\n${renderProblem(each, readLine, paint)}`).join('');
  return `${row}\n${problems}${differencesText(check, paint)}${logText(check, paint)}\n`;
}

/** What this row is called. */
export function nameOf({ experiment, stage }: Pick<StageCheck, 'experiment' | 'stage'>, isMany: boolean): string {
  return isMany ? `${experiment}/${stage}` : stage;
}

/** How the outcome of a stage is said. */
export function statusWord({ status, differences }: StageCheck, mode: VerifyMode): string {
  switch (status) {
    case 'ok':
      return mode === 'twice' ? 'the same twice' : 'as recorded';
    case 'tolerated':
      return 'within tolerance';
    case 'failed':
      return differences.length > 0 ? 'differs' : 'failed';
    case 'unproven':
      return 'not proven';
    case 'left-out':
      return 'not looked at';
    default:
      return assertNever(status);
  }
}

function differencesText({ differences }: StageCheck, paint: Paint): string {
  const lines = differences.flatMap(({ output, file, how }) => [
    `  ${paint.bold(visible(file === '' ? output : `${output}/${file}`))}`,
    ...how.map((line) => `    ${colourOf(line, paint)(visible(line))}`),
  ]);
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`;
}

function colourOf(line: string, paint: Paint): (text: string) => string {
  return line.startsWith('- ') ? paint.red : line.startsWith('+ ') ? paint.green : (text) => text;
}

function logText({ log, logTail }: StageCheck, paint: Paint): string {
  if (log === null) return '';
  const tail = logTail.map((line) => `  ${paint.dim('|')} ${visible(line)}\n`).join('');
  return `\n${tail}  whole log: ${visible(log)}\n`;
}

/** The last sentence: how many are as recorded, and the first that is not. */
export function endText(verification: Verification, paint: Paint): string {
  const { mode, stages, varied, seconds } = verification;
  const lines: string[] = [];
  if (varied.length > 0) lines.push(paint.dim(`varied: ${varied.join(', ')}`));
  lines.push(`${paint.bold(sentence(verification))}  ${durationText(seconds)}`);
  const [first] = stages.filter((each) => !isProven(each) && each.status !== 'left-out');
  if (first !== undefined) lines.push(`first: ${firstText(first)}`);
  else if (mode === 'locked' && verification.status === 'ok')
    lines.push('made again and compared: pipe verify --rerun');
  return `${lines.join('\n')}\n`;
}

/** What was found, in one sentence. */
export function sentence({ mode, status, stages, problems }: Verification): string {
  const wrong = stages.filter((each) => !isProven(each));
  if (status === 'interrupted')
    return `interrupted: ${stages.filter((each) => each.status === 'left-out').length} of ${counted(stages.length, 'stage')} not looked at`;
  if (wrong.length > 0) return `${wrong.length} of ${counted(stages.length, 'stage')} could not be verified`;
  const faults = problems.filter((each) => each.severity === 'error').length;
  if (faults > 0) return `${counted(faults, 'fault')} in the lock`;
  const what = {
    locked: 'the lock belongs to what is here',
    rerun: 'made again as recorded',
    twice: 'gave the same twice',
  };
  return `${counted(stages.length, 'stage')}: ${what[mode]}`;
}

function firstText({ stage, differences, problems }: StageCheck): string {
  const [difference] = differences;
  if (difference === undefined) return visible(problems[0]?.message ?? stage);
  const { output, file } = difference;
  return `\`${visible(file === '' ? output : `${output}/${file}`)}\` of \`${visible(stage)}\``;
}
