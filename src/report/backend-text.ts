/** What `pipe backend` shows: one row a backend, for a terminal of 80 columns. */
import type { Probe } from '../backend/probe.ts';
import { visible } from '../base/visible.ts';
import type { Paint } from './paint.ts';
import { padEnd, truncate } from './text-width.ts';

const NAME_WIDTH = 10;
const SPEED_WIDTH = 9;
const INDENT = ' '.repeat(2 + NAME_WIDTH + 2 + SPEED_WIDTH + 2);

export function backendHeading(paint: Paint): string {
  return paint.dim(`  ${padEnd('backend', NAME_WIDTH)}  ${'images/s'.padStart(SPEED_WIDTH)}\n`);
}

/** @param columns  of the terminal. */
export function backendRow(probe: Probe, columns: number, paint: Paint): string {
  const row = (speed: string, text: string) => {
    const shown = truncate(visible(text), Math.max(10, columns - INDENT.length));
    return `  ${padEnd(probe.name, NAME_WIDTH)}  ${speed.padStart(SPEED_WIDTH)}  ${shown}\n`;
  };
  if (!probe.usable) {
    const { message, hint } = probe.problem;
    return paint.dim(row('-', message)) + (hint === undefined ? '' : `${INDENT}${paint.cyan(visible(hint))}\n`);
  }
  const { device, tensorflow } = probe.provenance;
  const library = typeof tensorflow === 'string' ? `TensorFlow ${tensorflow}, ` : '';
  const speed = probe.imagesPerSecond === null ? '' : speedText(probe.imagesPerSecond);
  return row(speed, `${library}${device}${probe.isEmulated ? ', emulated' : ''}`);
}

/** Three digits that count, as an estimate has them. */
export function speedText(imagesPerSecond: number): string {
  if (imagesPerSecond < 10) return imagesPerSecond.toFixed(1);
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(imagesPerSecond)) - 2);
  return (Math.round(imagesPerSecond / unit) * unit).toLocaleString('en-US');
}

/** The lines below the rows. @param chosen  by `auto`, or by the environment. */
export function backendFooter(chosen: string | null, isNamed: boolean, threads: number): string {
  const choice =
    chosen === null
      ? 'no backend can be used'
      : isNamed
        ? `stages use ${chosen}, as PIPE_BACKEND says`
        : `stages use ${chosen}; choose another: pipe run --backend NAME`;
  return `\nimages/s: training a small network on ${threads} threads, an estimate\n${choice}\n`;
}
