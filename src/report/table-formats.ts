/** The table of experiments for papers, wikis and programs: LaTeX, Markdown, CSV. */

import { visible } from '../base/visible.ts';
import type { Table, TableRow } from '../generated/table.ts';
import { table as markdownTable } from './diff-markdown.ts';
import { durationText } from './duration.ts';
import { amountText, numberText, pText, signedText } from './number-text.ts';

/** Every number with all its digits; empty where there is none. */
export function tableCsv({ metric, rows }: Table): string {
  const head = [
    'experiment',
    metric,
    'low',
    'high',
    'sd',
    'seeds',
    'difference',
    'difference_low',
    'difference_high',
    'p',
    'p_holm',
    'test',
    'loss',
    'parameters',
    'ratio',
    'seconds',
    'best',
    'pareto',
    'values',
    'runs',
  ];
  const lines = rows.map(
    ({ name, score, difference, tested, loss, parameters, ratio, seconds, isBest, isPareto, values, runs, members }) =>
      [
        name,
        score.value,
        score.low,
        score.high,
        score.sd,
        members.length,
        difference,
        tested?.low,
        tested?.high,
        tested?.p,
        tested?.corrected,
        tested?.test,
        loss,
        parameters,
        ratio,
        seconds,
        isBest,
        isPareto,
        values.map(({ path, value }) => `${path}=${JSON.stringify(value)}`).join(' '),
        runs.join(' '),
      ]
        .map((value) => csvField(value ?? ''))
        .join(','),
  );
  return `${[head.map(csvField).join(','), ...lines].join('\n')}\n`;
}

function csvField(value: string | number | boolean): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function tableMarkdown(table: Table): string {
  const rows = table.rows.map((row) => cellsOf(row));
  const body = markdownTable(headOf(table), rows).split('\n');
  // Marks are put in after escaping, which would make them ordinary characters.
  const marked = body.map((line, place) => {
    const score = rows[place - 2]?.[1];
    if (score === undefined || table.rows[place - 2]?.isBest !== true) return line;
    // The name before it may hold the same text: `depth@1`, and a score of 1.
    const at = line.indexOf(' | ') + 3;
    return `${line.slice(0, at)}**${score}**${line.slice(at + score.length)}`;
  });
  return `${marked.join('\n')}\n\n${captionOf(table)}\n`;
}

export function tableLatex(table: Table): string {
  const rows = table.rows.map((row) => {
    const cells = cellsOf(row).map(latexText);
    if (row.isBest) cells[1] = `\\textbf{${cells[1]}}`;
    else if (row.isSecond) cells[1] = `\\underline{${cells[1]}}`;
    return `  ${cells.join(' & ')} \\\\ % ${row.runs.join(' ') || 'no record'}`;
  });
  const head = headOf(table);
  return [
    '% Needs \\usepackage{booktabs}. Made by `pipe table`; each row names the runs it comes from.',
    `\\begin{tabular}{l${'r'.repeat(head.length - 1)}}`,
    '  \\toprule',
    `  ${head.map(latexText).join(' & ')} \\\\`,
    '  \\midrule',
    ...rows,
    '  \\bottomrule',
    '\\end{tabular}',
    `% ${captionOf(table)}`,
    '',
  ].join('\n');
}

export function headOf({ metric, reference }: Table): readonly string[] {
  return [
    'experiment',
    metric,
    `difference to ${reference}`,
    '95 % interval',
    'p',
    'parameters',
    'ratio',
    'time',
    'run',
  ];
}

export function cellsOf({ name, score, difference, tested, parameters, ratio, seconds, runs }: TableRow): string[] {
  const spread = score.sd === undefined ? '' : ` ± ${numberText(score.sd)}`;
  return [
    visible(name),
    `${numberText(score.value)}${spread}`,
    difference === null ? 'reference' : signedText(difference),
    tested === null ? '' : `${signedText(tested.low)} to ${signedText(tested.high)}`,
    tested === null ? '' : pText(tested.corrected),
    parameters === null ? '' : amountText(parameters),
    ratio === null ? '' : ratio.toExponential(2),
    seconds === null ? '' : durationText(seconds),
    runs.at(-1) ?? 'no record',
  ];
}

/** What the marks and columns mean, of those that are there. */
export function captionOf({ metric, stage, others, goal, rows }: Table): string {
  const parts = [
    `Best (${goal === 'maximize' ? 'largest' : 'smallest'}) ${metric}${others.length === 0 ? '' : ` of ${stage}`} bold`,
    ...(rows.some(({ score }) => score.sd !== undefined) ? ['± is the standard deviation over seeds'] : []),
    "p after Holm's correction over all rows",
    ...(rows.some(({ ratio }) => ratio !== null) ? [`ratio is ${metric} / parameters`] : []),
  ];
  return `${parts.join('; ')}.`;
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '±': '$\\pm$',
  '<': '$<$',
  '>': '$>$',
};

function latexText(text: string): string {
  return text.replace(/[\\~^±<>&%$#_{}]/g, (each) => LATEX[each] ?? `\\${each}`);
}
