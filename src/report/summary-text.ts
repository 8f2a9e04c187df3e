/**
 * The end of a command as text: what a run did, or what `status` and `--dry` found.
 *
 * Everything is read from the summary event. Every ending has the number that matters and the command to learn more.
 */
import { operandWord } from '../base/shell-word.ts';
import { counted, durationText, estimateText } from './duration.ts';
import type { StageSummary, Summary } from './events.ts';
import type { Paint } from './paint.ts';
import { type ShownStatus, shownStatus, stageRow } from './stage-row.ts';

/** A pipeline with more stages than this is shown without those that are up to date. */
export const MOST_ROWS = 40;

type Named = readonly [label: string, stage: StageSummary, name: string];

/** All stages of a summary, with their experiment where there are several. */
function stagesOf(summary: Summary): readonly Named[] {
  if (summary.experiments === undefined)
    return Object.entries(summary.stages).map(([name, stage]) => [name, stage, name] as const);
  return Object.entries(summary.experiments).flatMap(([experiment, stages]) =>
    Object.entries(stages).map(([name, stage]) => [`${experiment}/${name}`, stage, name] as const),
  );
}

/** True for the summary of `status` and `--dry`, which ran nothing. */
export function isForecast(summary: Summary): boolean {
  return stagesOf(summary).some(([, { status }]) => status === 'fresh' || status === 'stale' || status === 'unknown');
}

/** The table and the last line of `status` and `--dry`. */
export function forecastLines(summary: Summary, width: number, paint: Paint): readonly string[] {
  const all = stagesOf(summary);
  const ahead = all.filter(([, stage]) => stage.status !== 'fresh' && stage.status !== 'skipped');
  const listed = all.length > MOST_ROWS ? ahead : all;
  const shown = listed.slice(0, MOST_ROWS);
  const labelWidth = Math.max(0, ...shown.map(([label]) => label.length));
  const rows = shown.map(([label, stage]) =>
    stageRow(
      { label, status: shownStatus(stage), seconds: null, note: null, reasons: stage.reasons },
      labelWidth,
      width,
      paint,
    ),
  );
  const hidden = listed.length - shown.length;
  if (hidden > 0) rows.push(`  and ${counted(hidden, 'stage')} more`);
  return [...rows, ...(rows.length > 0 ? [''] : []), forecastEnd(summary, all, ahead, paint)];
}

const FORECAST_VERBS = [
  ['stale', 'would run'],
  ['restorable', 'would be restored'],
  ['unknown', 'may run'],
] as const;

function forecastEnd(summary: Summary, all: readonly Named[], ahead: readonly Named[], paint: Paint): string {
  if (ahead.length === 0) return `everything is up to date: ${counted(all.length, 'stage')}`;
  const count = (status: ShownStatus) => ahead.filter(([, stage]) => shownStatus(stage) === status).length;
  const counts = FORECAST_VERBS.map(([status, verb]) => [count(status), verb] as const).filter(
    ([number]) => number > 0,
  );
  const total = ` of ${counted(all.length, 'stage')}`;
  const parts = [counts.map(([number, verb], i) => `${number}${i === 0 ? total : ''} ${verb}`).join(', ')];
  const { forecast } = summary;
  if (forecast !== undefined && forecast.workSeconds > 0) {
    const unknown = forecast.unknown > 0 ? `, and ${counted(forecast.unknown, 'stage')} of unknown length` : '';
    parts.push(`${estimateText(forecast.wallSeconds)} of waiting${unknown}`);
  }
  return ending(parts.join('; '), [`run: pipe run`, `why: pipe why ${operandOf(ahead[0])}`], paint);
}

/** The last line of a run. */
export function runEnd(summary: Summary, paint: Paint): string {
  const all = stagesOf(summary);
  const count = (status: StageSummary['status']) => all.filter(([, stage]) => stage.status === status).length;
  const named = (status: StageSummary['status']) => operandOf(all.find(([, stage]) => stage.status === status));
  const ran = count('ran');
  const failed = count('failed');
  const restored = count('restored');
  const results = summary.results === undefined ? [] : [`results: ${summary.results}`];
  if (summary.status === 'failed') {
    // Every stage may have ended well and the run as a whole not: a foreign write, a lock that could not be written.
    if (failed === 0) return ending('the run did not end well', ['again: pipe run'], paint);
    const blocked = count('blocked');
    const consequence = blocked > 0 ? `; ${counted(blocked, 'stage')} not run because of that` : '';
    return ending(`${counted(failed, 'stage')} failed${consequence}`, [`log: pipe log ${named('failed')}`], paint);
  }
  if (summary.status === 'interrupted') {
    return ending(
      `interrupted after ${durationText(summary.seconds)}; what was finished is kept`,
      ['continue: pipe run'],
      paint,
    );
  }
  if (ran === 0 && restored === 0)
    return ending(`everything is up to date: ${counted(all.length, 'stage')}`, results, paint);
  const parts = [
    ran > 0 ? `ran ${ran} of ${counted(all.length, 'stage')} in ${durationText(summary.seconds)}` : '',
    restored > 0 ? `${counted(restored, 'result')} brought back from the cache` : '',
  ].filter((each) => each !== '');
  return ending(parts.join(', '), [...(ran > 0 ? [`why: pipe why ${named('ran')}`] : []), ...results], paint);
}

function operandOf(named: Named | undefined): string {
  return named === undefined ? 'STAGE' : operandWord(named[2]);
}

function ending(text: string, more: readonly string[], paint: Paint): string {
  return [paint.bold(text), ...more.map(paint.dim)].join('     ');
}
