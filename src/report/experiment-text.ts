/** The list of experiments for the terminal. */

import { visible } from '../base/visible.ts';
import type { ExperimentEntry } from '../generated/experiments.ts';
import { type Column, columnLines } from './columns.ts';
import { counted, durationText, elapsedText } from './duration.ts';
import { amountText, numberText } from './number-text.ts';
import type { Paint } from './paint.ts';
import { changesText } from './value-text.ts';

/** @param nowMs  what ages are counted to. @param savedSeconds  work that equal results spared. */
export function experimentsText(
  entries: readonly ExperimentEntry[],
  savedSeconds: number,
  nowMs: number,
  width: number,
  paint: Paint,
): string {
  const metrics = shownMetrics(entries, width);
  const head = ['experiment', 'values', ...metrics, 'age', 'time', 'shared'];
  const rows = entries.map((entry) => [
    nameText(entry),
    changesText(entry.values),
    ...metrics.map((name) => metricText(entry, name)),
    ageOf(entry, nowMs),
    entry.seconds === null ? '' : durationText(entry.seconds),
    entry.results === 0 ? '' : `${entry.shared} of ${entry.results}`,
  ]);
  const columns: Column[] = head.map((_, place) => (place < 2 ? { align: 'left', shrinks: true } : { align: 'right' }));
  const lines = columnLines(columns, [head, ...rows], width, (text, row) => (row === 0 ? paint.dim(text) : text));
  const kept = entries.some((each) => each.kept)
    ? [paint.dim('* kept with --name; write into the file: pipe exp promote NAME')]
    : [];
  const saved = savedSeconds >= 0.05 ? `; equal results spared ${durationText(savedSeconds)} of work` : '';
  return `${[...lines, ...kept, '', `${paint.bold(counted(entries.length, 'experiment') + saved)}     ${paint.dim(width < 100 ? 'all: pipe table' : 'compare: pipe diff NAME     all: pipe table')}`].join('\n')}\n`;
}

function nameText({ name, members, ran, kept }: ExperimentEntry): string {
  const repeated = members.length > 1 ? ` (${ran === members.length ? ran : `${ran} of ${members.length}`} seeds)` : '';
  return `${visible(name)}${kept ? ' *' : ''}${repeated}`;
}

/** Columns for as many metrics as a narrow screen has room for. */
function shownMetrics(entries: readonly ExperimentEntry[], width: number): readonly string[] {
  const names = [...new Set(entries.flatMap(({ metrics }) => Object.keys(metrics)))];
  return names.slice(0, width < 100 ? 1 : 3);
}

function metricText({ metrics }: ExperimentEntry, name: string): string {
  const metric = metrics[name];
  if (metric === undefined) return '';
  if (name === 'parameters') return amountText(metric.value);
  return metric.sd === undefined ? numberText(metric.value) : `${numberText(metric.value)} ± ${numberText(metric.sd)}`;
}

/** Results that only the lock knows have an age that nobody recorded here. */
function ageOf({ finishedAt, ran }: ExperimentEntry, nowMs: number): string {
  if (finishedAt !== null) return ageText(nowMs - Date.parse(finishedAt));
  return ran > 0 ? 'not here' : 'never ran';
}

/** `12 s`, `5 min`, `3 h`, `2 days` */
function ageText(ageMs: number): string {
  const seconds = Math.max(0, ageMs / 1000);
  if (seconds < 60) return elapsedText(seconds);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}
