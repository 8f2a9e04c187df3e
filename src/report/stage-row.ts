/** One stage as one line: `train   ran   1 min 50 s  27,457 parameters   learningRate: 0.003 -> 0.0021`. */

import { visible } from '../base/visible.ts';
import type { Reason } from '../decide/reason.ts';
import { countText, durationText, elapsedText, estimateText } from './duration.ts';
import type { Freshness, StageStatus, StageSummary } from './events.ts';
import type { Paint } from './paint.ts';
import { reasonsText } from './reason-text.ts';
import type { RunningStage } from './run-view.ts';
import { padEnd, textWidth, truncate } from './text-width.ts';

const LEAST_LABEL = 10;
const MOST_LABEL = 32;
const TIME_WIDTH = 11;

/** What `status` and `--dry` call a stage. */
const FORECAST_WORDS: Readonly<Record<Freshness | 'restorable', string>> = {
  fresh: 'fresh',
  stale: 'would run',
  restorable: 'would restore',
  unknown: 'may run',
};
const FORECAST_WIDTH = 13;

/** What the screen says of a stage: a stale one may have to run, or only to be put back in place. */
export type ShownStatus = StageStatus | Freshness | 'restorable';

export interface RowParts {
  readonly label: string;
  readonly status: ShownStatus;
  /** null where time says nothing: in a forecast. */
  readonly seconds: number | null;
  readonly note: string | null;
  readonly reasons: readonly Reason[];
}

/**
 * The line of a stage that is done with, or of which a forecast is made.
 *
 * @param labelWidth  of the longest label; all labels are padded to it, within limits.
 * @param width       columns of the terminal; Infinity for a file.
 */
export function stageRow(parts: RowParts, labelWidth: number, width: number, paint: Paint): string {
  const isForecast = parts.status in FORECAST_WORDS;
  const took = parts.status === 'ran' || parts.status === 'failed' ? durationText(parts.seconds ?? 0) : '';
  const status = padEnd(statusWord(parts.status), isForecast ? FORECAST_WIDTH : 8);
  const time = isForecast ? '' : `  ${took.padStart(TIME_WIDTH)}`;
  const head = `  ${padLabel(parts.label, labelWidth, width)}  `;
  const room = Math.max(16, width - textWidth(head) - textWidth(status) - textWidth(time) - 3);
  const isQuiet = parts.status === 'cached' || parts.status === 'fresh';
  const detail = detailText(parts.note ?? '', isQuiet ? '' : reasonsText(parts.reasons), room);
  return `${head}${colourOf(parts.status, paint)(status)}${time}${detail === '' ? '' : `  ${detail}`}`.trimEnd();
}

/** Note and reasons in one line; of a note too long for both, the end goes first. */
function detailText(note: string, reasons: string, room: number): string {
  const roomForNote = reasons === '' ? room : Math.max(Math.floor(room / 2), room - textWidth(reasons) - 3);
  const parts = [truncate(visible(note), roomForNote), reasons].filter((each) => each !== '');
  return truncate(parts.join('   '), room);
}

/** The line of a stage at work. */
export function runningRow(
  stage: RunningStage,
  labelWidth: number,
  width: number,
  nowMs: number,
  paint: Paint,
): string {
  const seconds = Math.max(0, (nowMs - stage.startedMs) / 1000);
  const head = `  ${padLabel(stage.label, labelWidth, width)}  `;
  const room = Math.max(10, width - textWidth(head) - 1);
  if (stage.waiting !== null) return head + paint.yellow(truncate(`waiting   ${visible(stage.waiting)}`, room));
  const { progress } = stage;
  const left = secondsLeft(stage, seconds);
  const details = [
    progress === null ? 'running' : progressText(progress),
    elapsedText(seconds),
    progress === null ? '' : visible(progress.message),
    left === null ? '' : `${estimateText(left)} left`,
    reasonsText(stage.reasons, 1),
  ].filter((each) => each !== '');
  return head + paint.cyan(truncate(details.join('   '), room));
}

function progressText(progress: NonNullable<RunningStage['progress']>): string {
  const { done, total, unit } = progress;
  const percent = total > 0 ? `${String(Math.floor((100 * Math.min(done, total)) / total)).padStart(3)} %  ` : '';
  return `${percent}${countText(done)}${total > 0 ? ` of ${countText(total)}` : ''} ${visible(unit)}`;
}

/** From its own progress once a twentieth is done, before that from how long it took the last time; null: unknown. */
function secondsLeft(stage: RunningStage, seconds: number): number | null {
  const { progress, forecastSeconds } = stage;
  if (seconds < 3) return null;
  if (progress !== null && progress.total > 0 && progress.done >= progress.total / 20 && progress.done > 0) {
    return progress.done >= progress.total ? null : (seconds / progress.done) * (progress.total - progress.done);
  }
  return forecastSeconds === null || forecastSeconds <= seconds ? null : forecastSeconds - seconds;
}

export function shownStatus({ status, restorable }: StageSummary): ShownStatus {
  return restorable === true ? 'restorable' : status;
}

/** The word for a stage's state. */
export function statusWord(status: ShownStatus): string {
  return status === 'fresh' || status === 'stale' || status === 'restorable' || status === 'unknown'
    ? FORECAST_WORDS[status]
    : status;
}

/** Labels share one width: enough for the longest, but never more than a third of the terminal. */
function padLabel(label: string, labelWidth: number, width: number): string {
  const most = Math.min(MOST_LABEL, Math.max(6, Math.floor(width / 3)));
  const padded = Math.min(most, Math.max(LEAST_LABEL, labelWidth));
  return padEnd(truncate(visible(label), padded), padded);
}

function colourOf(status: ShownStatus, paint: Paint): (text: string) => string {
  switch (status) {
    case 'ran':
      return paint.green;
    case 'restored':
      return paint.cyan;
    case 'failed':
      return paint.red;
    case 'blocked':
    case 'stale':
    case 'restorable':
    case 'unknown':
      return paint.yellow;
    case 'cached':
    case 'skipped':
    case 'fresh':
      return paint.dim;
  }
}
