/** Which samples turned right and which wrong from one model to another. */
import type { Flips } from '../generated/diff.ts';
import type { Pairing } from './paired-predictions.ts';

/** A confusion matrix of more classes nobody reads, and it grows with their square. */
const MOST_CLASSES = 300;

/** Which samples turned right and which wrong, and both confusion matrices. */
export function flipsOf(stage: string, pairing: Pairing): Flips {
  const { ids, classes, labels, first, second, onlyFirst, onlySecond } = pairing;
  const shown = pairing.isMultiLabel || classes.length > MOST_CLASSES ? [] : [...classes];
  const empty = () => shown.map(() => shown.map(() => 0));
  const [firstConfusion, secondConfusion] = [empty(), empty()];
  const gained: Flips['gained'] = [];
  const lost: Flips['lost'] = [];
  let [bothRight, bothWrong] = [0, 0];
  const name = (place: number) => classes[place] ?? '';
  for (let i = 0; i < ids.length; i++) {
    const [label, a, b] = [labels[i] as number, first[i] as number, second[i] as number];
    count(firstConfusion, label, a);
    count(secondConfusion, label, b);
    if (a === label && b === label) bothRight++;
    else if (a !== label && b !== label) bothWrong++;
    else {
      const flip = { id: ids[i] as string, label: name(label), first: name(a), second: name(b) };
      (b === label ? gained : lost).push(flip);
    }
  }
  return {
    stage,
    samples: ids.length,
    onlyFirst,
    onlySecond,
    bothRight,
    bothWrong,
    gained,
    lost,
    classes: shown,
    firstConfusion,
    secondConfusion,
  };
}

function count(matrix: number[][], row: number, column: number): void {
  const cells = matrix[row];
  if (cells !== undefined) cells[column] = (cells[column] ?? 0) + 1;
}
