/** A comparison for the terminal: what differs, what came of it, and in one sentence whether it is more than chance. */
import type { Json } from '../base/json.ts';
import { visible } from '../base/visible.ts';
import type { Reason } from '../decide/reason.ts';
import type { Comparison, Diff, DiffSubject } from '../generated/diff.ts';
import { columnLines } from './columns.ts';
import { confusionLines, curveLines, flipLines } from './diff-details.ts';
import { counted, countText, durationText } from './duration.ts';
import { amountText, measuredText, pText, signedText } from './number-text.ts';
import type { Paint } from './paint.ts';
import { reasonsText } from './reason-text.ts';
import { hiddenMetrics, shownMetrics } from './shown-metrics.ts';
import { TEST_NAMES } from './test-names.ts';
import { truncate, wrap } from './text-width.ts';
import { valueText } from './value-text.ts';

const MOST_ROWS = 20;

export function diffText(diff: Diff, width: number, paint: Paint): string {
  const blocks = diff.comparisons.map((comparison) => {
    const subjects = [comparison.first, comparison.second].map((name) =>
      diff.subjects.find((each) => each.name === name),
    );
    return comparisonLines(comparison, subjects, width, paint).join('\n');
  });
  const names = diff.subjects.map(({ name }) => visible(name)).join(' ');
  return `${blocks.join('\n\n')}\n${paint.dim(`all of it: pipe diff ${names} --json`)}\n`;
}

function comparisonLines(
  comparison: Comparison,
  subjects: readonly (DiffSubject | undefined)[],
  width: number,
  paint: Paint,
): string[] {
  const inner = width - 2;
  const sections: [title: string, lines: readonly string[]][] = [
    ['params', paramLines(comparison, inner)],
    ['code', codeLines(comparison)],
    ['data', dataLines(comparison)],
    ['stages', stageLines(comparison, inner, paint)],
    ['metrics', metricLines(comparison, inner, paint)],
    ['predictions', comparison.predictions === null ? [] : flipLines(comparison.predictions, inner, paint)],
    ['confusion', comparison.predictions === null ? [] : confusionLines(comparison.predictions)],
    ['curves', curveLines(comparison, inner)],
    ['cost', costLines(subjects)],
  ];
  const title = `${describe(subjects[0])} -> ${describe(subjects[1])}`;
  return [
    paint.bold(title),
    ...sections
      .filter(([, lines]) => lines.length > 0)
      .flatMap(([name, lines]) => ['', paint.dim(name), ...lines.map((line) => `  ${truncateLine(line, inner)}`)]),
    '',
    ...wrap(comparison.verdict.sentence, width).map(paint.bold),
  ];
}

/** Lines with colours in them were cut before they got them. */
function truncateLine(line: string, width: number): string {
  return line.includes('\x1b') ? line : truncate(line, width);
}

function describe(subject: DiffSubject | undefined): string {
  if (subject === undefined) return '';
  const name = visible(subject.name);
  if (subject.members.length > 1) return `${name} (${subject.members.length} repetitions)`;
  return subject.kind === 'revision' ? `${name} (${subject.commit?.slice(0, 10)})` : name;
}

function paramLines({ params }: Comparison, width: number): readonly string[] {
  const rows = params.map(({ stage, name, old, new: now }) => [
    visible(paramName(stage, name)),
    `${old === undefined ? '(none)' : valueText(old as Json)} -> ${now === undefined ? '(none)' : valueText(now as Json)}`,
  ]);
  // One value may serve several stages.
  const different = [...new Map(rows.map((row) => [row.join('\n'), row])).values()];
  const column = { align: 'left', shrinks: true } as const;
  return fewer(columnLines([column, column], different, width));
}

/** A value of a file is named by the file, one of a stage by the stage: as `--set` takes them. */
function paramName(stage: string, name: string): string {
  return name.includes(':') ? name.replace(/:$/, '') : `${stage}.${name}`;
}

function codeLines({ code }: Comparison): readonly string[] {
  return fewer(
    code.map(({ name, change, stages, old, new: now }) => {
      const what = old !== undefined && now !== undefined ? `${valueText(old)} -> ${valueText(now)}` : change;
      return `${visible(name)}  ${what}  (${stages.map(visible).join(', ')})`;
    }),
  );
}

function dataLines({ inputs, samples }: Comparison): readonly string[] {
  const lines = inputs.map(({ stage, name, change }) => `${visible(stage)}: input ${visible(name)} ${change}`);
  if (samples === null) return lines;
  const { stage, first, second, came, went, changed, examples } = samples;
  const parts = [
    ...(came > 0 ? [`${countText(came)} came`] : []),
    ...(went > 0 ? [`${countText(went)} went`] : []),
    ...(changed > 0 ? [`${countText(changed)} changed`] : []),
  ];
  lines.push(
    `${visible(stage)}: ${countText(first)} -> ${counted(second, 'sample')}: ${parts.join(', ')}`,
    `  such as ${examples.slice(0, 3).map(visible).join(', ')}`,
  );
  return lines;
}

function stageLines({ stages }: Comparison, width: number, paint: Paint): readonly string[] {
  const rows = stages.map(({ stage, status, reasons, firstSeconds, secondSeconds }) => [
    visible(stage),
    status,
    status === 'reused' || (firstSeconds === null && secondSeconds === null)
      ? ''
      : [firstSeconds, secondSeconds].map((each) => (each === null ? '?' : durationText(each))).join(' -> '),
    status === 'rerun' ? (reasons.length > 0 ? reasonsText(reasons as readonly Reason[]) : 'why is not recorded') : '',
  ]);
  const columns = [{ align: 'left' }, { align: 'left' }, { align: 'left' }, { align: 'left', shrinks: true }] as const;
  return fewer(
    columnLines(columns, rows, width, (text, _row, column) =>
      column === 1 && text === 'reused' ? paint.dim(text) : text,
    ),
  );
}

function metricLines({ metrics, first, second }: Comparison, width: number, paint: Paint): readonly string[] {
  const shown = shownMetrics(metrics);
  if (shown.length === 0) return [];
  const isWide = width >= 95;
  const head = ['', visible(first), visible(second), 'difference', '95 % interval', 'p', ...(isWide ? ['test'] : [])];
  const rows = shown.map(({ stage, name, first: a, second: b, difference, tested }) => [
    visible(`${stage} ${name}`),
    a === null ? '-' : measuredText(a),
    b === null ? '-' : measuredText(b),
    difference === null ? '' : signedText(difference),
    tested === null ? '' : `[${signedText(tested.low)}, ${signedText(tested.high)}]`,
    tested === null ? '' : pText(tested.corrected),
    ...(isWide ? [tested === null ? '' : TEST_NAMES[tested.test]] : []),
  ]);
  const columns = head.map((_, column) => ({
    align: column === 0 || column === 6 ? ('left' as const) : ('right' as const),
    shrinks: column < 3,
  }));
  const lines = columnLines(columns, [head, ...rows], width, (text, row) => (row === 0 ? paint.dim(text) : text));
  const hidden = hiddenMetrics(metrics);
  return hidden > 0 ? [...lines, `and ${counted(hidden, 'more number')} that differ`] : lines;
}

function costLines([first, second]: readonly (DiffSubject | undefined)[]): readonly string[] {
  if (first === undefined || second === undefined) return [];
  const pair = (name: string, a: number | null, b: number | null, text: (value: number) => string) =>
    a === null && b === null ? [] : [`${name} ${a === null ? '?' : text(a)} -> ${b === null ? '?' : text(b)}`];
  const parts = [
    ...pair('time from nothing', first.cost.seconds, second.cost.seconds, durationText),
    ...pair('parameters', first.cost.parameters, second.cost.parameters, amountText),
    ...pair('FLOPs', first.cost.flops, second.cost.flops, amountText),
  ];
  return parts.length === 0 ? [] : [parts.join('     ')];
}

function fewer(lines: readonly string[]): readonly string[] {
  return lines.length <= MOST_ROWS
    ? lines
    : [...lines.slice(0, MOST_ROWS - 1), `and ${lines.length - MOST_ROWS + 1} more`];
}
