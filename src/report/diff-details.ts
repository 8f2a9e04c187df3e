/** The parts of a comparison that go into single samples and epochs: flips, confusion, curves. */

import { visible } from '../base/visible.ts';
import type { Comparison, Curve, Flip, Flips } from '../generated/diff.ts';
import { columnLines } from './columns.ts';
import { countText } from './duration.ts';
import { numberText, signedText, sparkline } from './number-text.ts';
import type { Paint } from './paint.ts';
import { truncate } from './text-width.ts';

const MOST_SAMPLES = 3;
const MOST_CONFUSIONS = 5;
const MOST_CURVES = 3;

export function flipLines(flips: Flips, width: number, paint: Paint): readonly string[] {
  const { samples, bothRight, bothWrong, gained, lost, onlyFirst, onlySecond } = flips;
  const only = onlyFirst + onlySecond;
  const apart =
    only === 0 ? '' : `; ${countText(onlyFirst)} only in the first, ${countText(onlySecond)} only in the second`;
  return [
    `${countText(samples)} in both: right in both ${countText(bothRight)}, wrong in both ${countText(bothWrong)}${apart}`,
    ...turned('turned right', gained, width, paint.green),
    ...turned('turned wrong', lost, width, paint.red),
  ];
}

function turned(
  title: string,
  flips: readonly Flip[],
  width: number,
  color: (text: string) => string,
): readonly string[] {
  const heading = `${title} ${countText(flips.length)}`;
  const shown = flips
    .slice(0, MOST_SAMPLES)
    .map(({ id, first, second }) => truncate(`  ${visible(id)}: ${visible(first)} -> ${visible(second)}`, width));
  const left = flips.length - shown.length;
  return [color(heading), ...shown, ...(left > 0 ? [`  and ${countText(left)} more`] : [])];
}

/** The cells of the confusion matrix that changed most. */
export function confusionLines({ classes, firstConfusion, secondConfusion }: Flips): readonly string[] {
  const changes = classes.flatMap((truth, row) =>
    classes.flatMap((guess, column) => {
      const before = firstConfusion[row]?.[column] ?? 0;
      const now = secondConfusion[row]?.[column] ?? 0;
      return row === column || before === now ? [] : [{ truth, guess, before, now }];
    }),
  );
  changes.sort((a, b) => Math.abs(b.now - b.before) - Math.abs(a.now - a.before));
  const rows = changes
    .slice(0, MOST_CONFUSIONS)
    .map(({ truth, guess, before, now }) => [
      `${visible(truth)} taken for ${visible(guess)}`,
      `${countText(before)} -> ${countText(now)}`,
      signedText(now - before),
    ]);
  return columnLines([{ align: 'left' }, { align: 'right' }, { align: 'right' }], rows, Number.POSITIVE_INFINITY);
}

/** Loss and accuracy over the epochs, the first above the second, to one scale. */
export function curveLines({ curves, first, second }: Comparison, width: number): readonly string[] {
  return curvesInOrder(curves)
    .slice(0, MOST_CURVES)
    .flatMap((curve) => {
      const values = [...curve.first, ...curve.second].filter((each) => each !== null);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const room = Math.max(10, Math.min(60, width - 40));
      const line = (name: string, points: Curve['first']) => [
        visible(name),
        sparkline(points, low, high, room),
        points.length === 0 ? '' : `${numberText(points.at(-1) ?? Number.NaN)} after ${points.length}`,
      ];
      const rows = [line(first, curve.first), line(second, curve.second)];
      return [
        visible(`${curve.stage} ${curve.name}`),
        ...columnLines([{ align: 'left', shrinks: true }, { align: 'left' }, { align: 'left' }], rows, width - 2).map(
          (each) => `  ${each}`,
        ),
      ];
    });
}

/** Those that differ, the ones people look at first first: of validation before those of training. */
export function curvesInOrder(curves: readonly Curve[]): readonly Curve[] {
  const weight = ({ name }: Curve) =>
    (/valid/i.test(name) ? 0 : 2) + (/loss$/i.test(name) ? 0 : /acc/i.test(name) ? 1 : 4);
  return curves.filter(({ first, second }) => first.join() !== second.join()).sort((a, b) => weight(a) - weight(b));
}
