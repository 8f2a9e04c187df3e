/** A search and its trials as text. Shows what was recorded; the order of trials, best first, is all it works out. */
import type { Json } from '../base/json.ts';
import { visible } from '../base/visible.ts';
import type { Trial } from '../generated/trial.ts';
import type { StudyState } from '../run/studies.ts';
import type { Study } from '../search/read-study.ts';
import { counted, countText, sizeText } from './duration.ts';
import type { Paint } from './paint.ts';
import { numberText, settingsText } from './settings-text.ts';
import { padEnd, textWidth, truncate } from './text-width.ts';
import { valueText } from './value-text.ts';

/** One line a search: for a pipeline with several, or before the trials of one. */
export function searchLine({ node, state, study, journal, asked }: StudyState, paint: Paint): string {
  const under = journal.filter(({ state: each }) => each !== 'running').length;
  const progress =
    journal.length > 0
      ? `${under} of ${counted(asked ?? journal.length, 'trial')} done`
      : study === null
        ? `${counted(asked ?? 0, 'trial')} asked for`
        : statesText(study.trials);
  return `${paint.bold(visible(node.stage.name))}   ${state}   ${progress}`;
}

/** The whole of a search: what was found, what matters, and every trial, the best first. */
export function searchLines(shown: StudyState, width: number, paint: Paint): readonly string[] {
  const { study, journal } = shown;
  const lines = [searchLine(shown, paint)];
  if (journal.length > 0) return [...lines, '', ...journalRows(shown, width)];
  if (study === null) return lines;
  return [...lines, ...findings(study, width), '', ...trialRows(study, width, paint)];
}

function findings({ best, trials, importance, shared, asked }: Study, width: number): string[] {
  const found = trials.find(({ trial }) => trial === best.trial);
  const fact = (name: string, text: string) => (text === '' ? [] : [truncate(`${padEnd(name, 9)}${text}`, width)]);
  const values = best.objectives.map(({ metric, value }, i) => {
    const spread = i === 0 && found?.deviation != null ? ` ± ${numberText(found.deviation)}` : '';
    return `${visible(metric)} ${value === null ? 'unknown' : numberText(value)}${spread}`;
  });
  const front = best.pareto?.map(({ trial }) => trial).join(', ') ?? '';
  return [
    ...(best.trial === null ? [] : fact('best', `trial ${best.trial}   ${values.join('   ')}`)),
    ...fact('', settingsText({ ...best.pipeline, ...best.settings })),
    ...fact('Pareto', front === '' ? '' : `trials ${front}`),
    ...fact(
      'matters',
      importance.map(({ path, importance: share }) => `${visible(path)} ${share.toFixed(2)}`).join('   '),
    ),
    ...fact(
      'shared',
      shared.length === 0
        ? ''
        : `by the best ${asked}: ${settingsText(Object.fromEntries(shared.map((each) => [each.path, each.value])))}`,
    ),
  ];
}

/** `31 complete, 17 pruned` */
function statesText(trials: readonly Trial[]): string {
  const states = new Map<string, number>();
  for (const { state } of trials) states.set(state, (states.get(state) ?? 0) + 1);
  const parts = [...states].sort(([, a], [, b]) => b - a).map(([state, count]) => `${count} ${state}`);
  return `${counted(trials.length, 'trial')}: ${parts.join(', ')}`;
}

/** Best first by the first objective; those without a value after them, by number. */
function trialRows({ trials, best }: Study, width: number, paint: Paint): string[] {
  const [objective, second] = best.objectives;
  const sign = objective?.goal === 'maximize' ? -1 : 1;
  const value = ({ values }: Trial) => (values[0] === undefined ? Number.POSITIVE_INFINITY : sign * values[0]);
  const ordered = [...trials].sort((a, b) => order(value(a), value(b)) || a.trial - b.trial);
  const head = [
    'trial',
    'state',
    objective?.metric ?? 'value',
    ...(second === undefined ? [] : [second.metric]),
    'epochs',
  ];
  const rows = ordered.map((each) => [
    String(each.trial),
    each.state,
    `${numberText(each.values[0])}${each.deviation === null ? '' : ` ± ${numberText(each.deviation)}`}`,
    ...(second === undefined ? [] : [numberText(each.values[1])]),
    each.sameAs === null ? countText(each.epochs) : `as ${each.sameAs}`,
  ]);
  const detail = ordered.map(({ settings, problem }) => (problem === null ? settingsText(settings) : visible(problem)));
  return table(head, rows, 'settings', detail, width).map((line, i) => (i === 0 ? paint.dim(line) : line));
}

function order(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Of a search that was stopped no trial is running, whatever its journal says last of it. */
function journalRows({ journal, state: whole }: StudyState, width: number): string[] {
  const rows = journal.map(({ trial, state, values, trainings }) => [
    String(trial),
    state === 'running' && whole !== 'running' ? 'begun' : state,
    values.map((each) => numberText(each)).join('  '),
    String(trainings),
  ]);
  const detail = journal.map(({ settings }) => settingsText(settings));
  return table(['trial', 'state', 'value', 'trainings'], rows, 'settings', detail, width);
}

/** Columns as wide as they need; the last one takes what is left. */
function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  last: string,
  detail: readonly string[],
  width: number,
): string[] {
  const widths = head.map((name, i) => Math.max(textWidth(name), ...rows.map((row) => textWidth(row[i] ?? ''))));
  const line = (cells: readonly string[], end: string) =>
    truncate(`${cells.map((cell, i) => padEnd(cell, widths[i] ?? 0)).join('  ')}  ${end}`.trimEnd(), width);
  return [line(head, last), ...rows.map((row, i) => line(row, detail[i] ?? ''))];
}

/** One trial: its settings, its model, each training, and how it went. */
export function trialLines(search: string, trial: Trial, { best }: Study, width: number): readonly string[] {
  const { state, settings, values, deviation, cost, cells, reports, problem, sameAs } = trial;
  const names = best.objectives.map(({ metric }) => metric);
  const nameWidth = Math.max(12, ...names.map((name) => textWidth(visible(name)) + 2));
  const lines = [
    `trial ${trial.trial} of ${visible(search)}: ${state}${sameAs === null ? '' : ` (as trial ${sameAs})`}`,
  ];
  const fact = (name: string, text: string) => lines.push(truncate(`  ${padEnd(name, nameWidth)}${text}`, width));
  if (problem !== null) fact('problem', visible(problem));
  names.forEach((name, i) => {
    const spread = i === 0 && deviation !== null ? ` ± ${numberText(deviation)}` : '';
    if (values[i] !== undefined) fact(visible(name), `${numberText(values[i])}${spread}`);
  });
  if (cost !== null) {
    const flops = `${countText(cost.flops)} floating-point operations an image`;
    fact('model', `${countText(cost.params)} parameters   ${flops}   ${sizeText(cost.size)}`);
  }
  lines.push('  settings');
  const longest = Math.max(0, ...Object.keys(settings).map((path) => textWidth(visible(path))));
  for (const [path, value] of Object.entries(settings as Record<string, Json>))
    lines.push(truncate(`    ${padEnd(visible(path), longest)}  ${valueText(value)}`, width));
  const shown = [...new Set([...names, 'validation.accuracy', 'train.loss', 'train.accuracy'])];
  if (cells.length > 0) {
    lines.push('  trainings');
    const columns = shown.filter((name) => cells.some(({ metrics }) => metrics[name] !== undefined));
    const rows = cells.map(({ repeat, fold, seed, epochs, keptEpoch, ended, metrics }) => [
      `${fold}${repeat === 0 ? '' : ` repeat ${repeat}`}${seed === 0 ? '' : ` seed +${seed}`}`,
      String(epochs),
      String(keptEpoch),
      ...columns.map((name) => numberText(metrics[name] ?? undefined)),
      ended,
    ]);
    for (const line of table(['fold', 'epochs', 'kept', ...columns, 'ended'], rows, '', [], width - 4))
      lines.push(`    ${line}`);
  }
  if (reports.length > 1) {
    const course = (reports as readonly (readonly [number, number])[]).map(
      ([step, value]) => `${step}: ${numberText(value)}`,
    );
    fact('on the way', course.join('  '));
  }
  return lines;
}
