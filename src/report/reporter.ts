/**
 * Turns the events of a run into output: JSON lines, a live table on a terminal, or plain lines.
 *
 * Events go in, text goes out; nothing is decided or computed here. Numbers a program may want go to stdout, everything
 * said along the way to stderr.
 */

import { visible } from '../base/visible.ts';
import { counted } from './duration.ts';
import type { RunEvent, Summary } from './events.ts';
import { jsonLine } from './json-lines.ts';
import { createLiveRegion } from './live-region.ts';
import { metricsText } from './metrics-text.ts';
import { createPaint, type Paint } from './paint.ts';
import { type ReadLine, renderProblem } from './problem-text.ts';
import { apply, emptyView, finishedCount, type RunView, stageLabel } from './run-view.ts';
import { runningRow, stageRow } from './stage-row.ts';
import { forecastLines, isForecast, MOST_ROWS, runEnd } from './summary-text.ts';
import { truncate } from './text-width.ts';

export interface Reporter {
  handle(event: RunEvent): void;
  /** Stops the clock and takes the live table away. After it, nothing may be handled. */
  close(): void;
}

export interface ReporterOptions {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  /** stderr is a terminal that can move its cursor. */
  readonly isTTY: boolean;
  /** Columns and rows of the terminal now; asked again at every redraw. */
  readonly columns: () => number;
  readonly rows: () => number;
  readonly readLine: ReadLine;
  /** A clock in milliseconds, and a repeating timer that gives back what stops it. */
  readonly now: () => number;
  readonly every: (intervalMs: number, tick: () => void) => () => void;
}

/** Twice a second the clock moves on; events repaint at most twenty times a second. */
const TICK_MS = 500;
const REDRAW_MS = 50;
/** Without a terminal: a sign of life when nothing was said for this long. */
const SILENCE_MS = 30_000;

export function createReporter(options: ReporterOptions): Reporter {
  if (options.json) return { handle: (event) => void options.stdout.write(jsonLine(event)), close: () => {} };
  const { now, quiet } = options;
  const paint = createPaint(options.color);
  const view = emptyView();
  const region = createLiveRegion((text) => void options.stderr.write(text));
  const live = options.isTTY && !quiet;
  let paintedMs = Number.NEGATIVE_INFINITY;
  let spokeMs = now();

  function say(text: string): void {
    spokeMs = now();
    region.print(text);
  }

  function repaint(): void {
    paintedMs = now();
    region.paint(liveLines(view, options, paint));
  }

  function tick(): void {
    if (live) repaint();
    else if (!quiet && view.running.size > 0 && now() - spokeMs >= SILENCE_MS) {
      say(`${liveLines(view, options, paint).join('\n')}\n`);
    }
  }

  const stop = options.every(TICK_MS, tick);

  function handle(event: RunEvent): void {
    apply(view, event, now());
    if (event.event === 'problem') say(renderProblem(event.problem, options.readLine, paint));
    if (event.event === 'stage-finished') say(finishedText(view, event, options, paint));
    if (event.event === 'stage-waiting' && !live && !quiet) {
      say(`  ${visible(event.stage)} waits: ${visible(event.message)}\n`);
    }
    if (event.event === 'summary') end(event);
    else if (live && now() - paintedMs >= REDRAW_MS) repaint();
  }

  function end(summary: Summary): void {
    region.clear();
    if (isForecast(summary)) {
      if (!quiet) options.stdout.write(`${forecastLines(summary, options.columns(), paint).join('\n')}\n`);
      return;
    }
    if (quiet) return;
    const metrics = metricsText(summary.metrics ?? {}, options.columns());
    if (metrics.length > 0) {
      options.stderr.write('\n');
      options.stdout.write(`${metrics.join('\n')}\n`);
    }
    options.stderr.write(`\n${runEnd(summary, paint)}\n`);
  }

  function close(): void {
    stop();
    region.clear();
  }

  return { handle, close };
}

type Finished = Extract<RunEvent, { event: 'stage-finished' }>;

/** The row of a stage that is done with and, if it failed, why. Empty for what is not worth a line. */
function finishedText(view: RunView, event: Finished, options: ReporterOptions, paint: Paint): string {
  const label = stageLabel(view, event);
  const row = stageRow({ ...event, label }, view.labelWidth, options.columns(), paint);
  // Putting a known variant in place is what every trial begins with.
  if (event.variant !== undefined && event.status === 'restored') return '';
  const isNews = event.status === 'ran' || event.status === 'restored' || event.status === 'failed';
  const shown = !options.quiet && (isNews || view.stages <= MOST_ROWS) ? `${row}\n` : '';
  if (event.status !== 'failed') return shown;
  const problem = event.problem === undefined ? '' : `\n${renderProblem(event.problem, options.readLine, paint)}`;
  const tail = (event.logTail ?? []).map((line) => `  ${paint.dim('|')} ${visible(line)}\n`).join('');
  const whole = event.log === undefined ? '' : `  whole log: ${visible(event.log)}\n`;
  return `${shown}${problem}${tail === '' ? '' : `\n${tail}`}${whole}\n`;
}

/** Running stages, as many as fit, and one line for the whole. */
function liveLines(view: RunView, options: ReporterOptions, paint: Paint): readonly string[] {
  if (view.stages === 0) return [];
  const width = options.columns() - 1;
  const most = Math.max(1, Math.min(12, options.rows() - 4));
  const running = [...view.running.values()];
  const rows = running.slice(0, most).map((each) => runningRow(each, view.labelWidth, width, options.now(), paint));
  if (running.length > most) rows.push(`  and ${running.length - most} more`);
  const done = `${finishedCount(view)} of ${counted(view.stages, 'stage')} done`;
  const failed = view.counts.failed > 0 ? `, ${view.counts.failed} failed` : '';
  return [...rows, paint.dim(truncate(`  ${done}${failed}, ${running.length} running`, width))];
}
