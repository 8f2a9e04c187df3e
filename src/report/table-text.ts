/** The table of experiments for the terminal: the best marked, differences with their tests, as many columns as there is room for. */

import { shellWord } from '../base/shell-word.ts';
import { visible } from '../base/visible.ts';
import type { Table, TableRow } from '../generated/table.ts';
import { type Column, columnLines } from './columns.ts';
import { durationText } from './duration.ts';
import { amountText, numberText, pText, signedText } from './number-text.ts';
import type { Paint } from './paint.ts';
import { textWidth, wrap } from './text-width.ts';
import { changesText } from './value-text.ts';

interface Field {
  readonly head: string;
  readonly align: Column['align'];
  readonly text: (row: TableRow) => string;
  /** 0: always there. Others come in this order while there is room. */
  readonly priority: number;
}

const GAP = 2;

export function tableText(table: Table, width: number, paint: Paint): string {
  const fields = fitting(fieldsOf(table, true), table, width) ?? fitting(fieldsOf(table, false), table, width) ?? [];
  const rows = [fields.map(({ head }) => head), ...table.rows.map((row) => fields.map(({ text }) => text(row)))];
  const lines = columnLines(
    fields.map(({ align }, place) => ({ align, shrinks: place === 0 })),
    rows,
    width,
    (text, place) => (place === 0 ? paint.dim(text) : table.rows[place - 1]?.isBest ? paint.bold(text) : text),
  );
  return `${[
    ...lines,
    '',
    ...caption(table, new Set(fields.map(({ head }) => head)), rows)
      .flatMap((each) => wrap(each, width))
      .map(paint.dim),
  ].join('\n')}\n`;
}

function fieldsOf(table: Table, withIntervals: boolean): readonly Field[] {
  const right = { align: 'right' } as const;
  return [
    { head: 'experiment', align: 'left', text: ({ name }) => visible(name), priority: 0 },
    { head: 'values', align: 'left', text: ({ values }) => changesText(values), priority: 5 },
    { head: visible(table.metric), ...right, text: scoreText, priority: 0 },
    { head: '95 % interval', ...right, text: ({ score }) => intervalText(score), priority: 4 },
    {
      head: `vs ${visible(table.reference)}`,
      ...right,
      text: (row) => differenceText(row, withIntervals),
      priority: 0,
    },
    { head: 'p', ...right, text: ({ tested }) => (tested === null ? '' : pText(tested.corrected)), priority: 0 },
    {
      head: 'params',
      ...right,
      text: ({ parameters }) => (parameters === null ? '' : amountText(parameters)),
      priority: 1,
    },
    { head: 'ratio', ...right, text: ({ ratio }) => (ratio === null ? '' : ratio.toExponential(2)), priority: 3 },
    { head: 'time', ...right, text: ({ seconds }) => (seconds === null ? '' : durationText(seconds)), priority: 2 },
    { head: 'run', align: 'left', text: runText, priority: 0 },
  ];
}

/** Fields with something in them, as many as there is room for; null when not even those that are always there fit. */
function fitting(fields: readonly Field[], { rows }: Table, width: number): readonly Field[] | null {
  const widthOf = ({ head, text }: Field) =>
    Math.max(textWidth(head), ...rows.map((row) => textWidth(text(row)))) + GAP;
  const isEmpty = ({ text }: Field) => rows.every((row) => text(row) === '');
  let room = width + GAP;
  const chosen = new Set<Field>();
  const wanted = fields.filter((each) => !isEmpty(each) || each.priority === 0);
  for (const field of [...wanted].sort((a, b) => a.priority - b.priority)) {
    const needed = widthOf(field);
    if (needed > room && field.priority > 0) continue;
    room -= needed;
    chosen.add(field);
  }
  return room < 0 && fields.some(({ text }) => rows.some((row) => text(row).includes('[')))
    ? null
    : fields.filter((each) => chosen.has(each));
}

/** What the marks and columns mean: a number without its definition is worth little. */
function caption(
  { rows, metric, stage, others }: Table,
  heads: ReadonlySet<string>,
  cells: readonly (readonly string[])[],
): readonly string[] {
  const best = rows.filter(({ isBest }) => isBest).map(({ name }) => visible(name));
  const hasIntervals = cells.some((row) => row.some((each) => /^[+-].* \[/.test(each)));
  return [
    `* best ${visible(metric)}: ${best.join(', ')}${hasIntervals ? '; differences with 95 % interval' : ''}; p corrected over all rows (Holm)`,
    ...(others.length === 0
      ? []
      : [
          `${visible(metric)} of ${visible(stage)}; of another stage: pipe table --metric ${shellWord(others[0] ?? '')}`,
        ]),
    ...(rows.some(({ difference, tested }) => difference !== null && tested === null)
      ? ['no p: no predictions for the same samples, or a training that both have']
      : []),
    ...(rows.some(({ score }) => score.sd !== undefined) ? ['± is the standard deviation over seeds'] : []),
    ...(heads.has('ratio') ? [`ratio is ${visible(metric)} / params`] : []),
  ];
}

function scoreText({ score, isBest }: TableRow): string {
  const spread = score.sd === undefined ? '' : ` ± ${numberText(score.sd)}`;
  return `${isBest ? '* ' : ''}${numberText(score.value)}${spread}`;
}

function intervalText({ low, high }: TableRow['score']): string {
  return low === undefined || high === undefined ? '' : `[${numberText(low)}, ${numberText(high)}]`;
}

function differenceText({ difference, tested }: TableRow, withInterval: boolean): string {
  if (difference === null) return 'reference';
  if (tested === null || !withInterval) return signedText(difference);
  return `${signedText(difference)} [${signedText(tested.low)}, ${signedText(tested.high)}]`;
}

function runText({ runs }: TableRow): string {
  const last = runs.at(-1);
  return last === undefined ? 'no record' : runs.length > 1 ? `${last} +${runs.length - 1}` : last;
}
