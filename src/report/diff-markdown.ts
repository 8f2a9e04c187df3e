/** A comparison as Markdown: for a pull request, a wiki, a lab book. */
import type { Json } from '../base/json.ts';
import { visible } from '../base/visible.ts';
import type { Reason } from '../decide/reason.ts';
import type { Comparison, Diff } from '../generated/diff.ts';
import { countText, durationText } from './duration.ts';
import { measuredText, pText, signedText } from './number-text.ts';
import { reasonsText } from './reason-text.ts';
import { shownMetrics } from './shown-metrics.ts';
import { valueText } from './value-text.ts';

export function diffMarkdown(diff: Diff): string {
  const blocks = diff.comparisons.map((each) => comparisonBlock(diff, each));
  const runs = diff.subjects.map(
    ({ name, runs: made }) => `${code(name)}: ${made.map(code).join(', ') || 'no record'}`,
  );
  return `${blocks.join('\n\n')}\n\n<sub>runs: ${runs.join('; ')}</sub>\n`;
}

function comparisonBlock(diff: Diff, comparison: Comparison): string {
  const { first, second, verdict, params, code: files, samples, stages, metrics, predictions } = comparison;
  const cost = (name: string) => diff.subjects.find((each) => each.name === name)?.cost.seconds ?? null;
  const reran = stages.filter(({ status }) => status !== 'reused');
  return [
    `### ${code(first)} → ${code(second)}`,
    `**${verdict.sentence.replaceAll('|', '\\|')}**`,
    table(
      ['metric', first, second, 'difference', '95 % interval', 'p'],
      shownMetrics(metrics).map(({ stage, name, first: a, second: b, difference, tested: made }) => [
        `${stage} ${name}`,
        a === null ? '' : measuredText(a),
        b === null ? '' : measuredText(b),
        difference === null ? '' : signedText(difference),
        made === null ? '' : `${signedText(made.low)} to ${signedText(made.high)}`,
        made === null ? '' : pText(made.corrected),
      ]),
    ),
    table(
      ['param', first, second],
      params.map(({ stage, name, old, new: now }) => [
        `${stage}.${name}`,
        valueText(old as Json),
        valueText(now as Json),
      ]),
    ),
    files.length === 0 ? '' : `code: ${files.map(({ name, change }) => `${code(name)} ${change}`).join(', ')}`,
    samples === null
      ? ''
      : `samples of ${code(samples.stage)}: ${countText(samples.came)} came, ${countText(samples.went)} went, ${countText(samples.changed)} changed (${countText(samples.first)} → ${countText(samples.second)})`,
    predictions === null
      ? ''
      : `of ${countText(predictions.samples)} samples ${countText(predictions.gained.length)} turned right and ${countText(predictions.lost.length)} wrong`,
    `stages: ${stages.length - reran.length} reused, ${reran.length} not${reran.length === 0 ? '' : `: ${reran.map(({ stage, reasons }) => `${code(stage)}${reasons.length === 0 ? '' : ` (${escaped(reasonsText(reasons as readonly Reason[]))})`}`).join(', ')}`}`,
    `time from nothing: ${timeText(cost(first))} → ${timeText(cost(second))}`,
  ]
    .filter((each) => each !== '')
    .join('\n\n');
}

function timeText(seconds: number | null): string {
  return seconds === null ? 'not known' : durationText(seconds);
}

/** A table; empty when it has no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const rule = `|${head.map((_, column) => (column === 0 ? ' --- ' : ' ---: ')).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** Text that means nothing in Markdown. */
export function escaped(text: string): string {
  return visible(text).replace(/[\\|<>*_`[\]]/g, (each) => `\\${each}`);
}

function code(text: string): string {
  return `\`${visible(text).replaceAll('`', "'")}\``;
}
