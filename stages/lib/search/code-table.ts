/**
 * Trials as a table of codes, sorted along every dimension: what kernels are made of.
 *
 * A study asks for the same table again and again with a trial more. Sorting a thousand trials along each of twenty
 * dimensions takes longer than anything else a suggestion does, so the table is kept and new trials are put where they belong.
 */
import type { Dimension } from './space.ts';
import type { Settings } from './types.ts';
import { valueCoder } from './values.ts';

/** Trials along one dimension. */
export interface Column {
  /** By trial, the oldest first. NaN where a trial does not have the dimension. */
  readonly codes: Float64Array;
  /** Rows of trials that have the dimension, from the lowest code to the highest, equal ones from the oldest. */
  readonly order: Uint32Array;
}

export interface CodeTable {
  readonly columns: readonly Column[];
  readonly count: number;
}

/** @returns a function from settings of trials, the oldest first, to their table; each must be the same object every time. */
export function tableReader(dimensions: readonly Dimension[]): (trials: readonly Settings[]) => CodeTable {
  const columns = dimensions.map(() => ({ codes: [] as number[], order: [] as number[] }));
  const coders = dimensions.map(valueCoder);
  let known: readonly Settings[] = [];

  return (trials) => {
    let same = 0;
    while (same < known.length && known[same] === trials[same]) same++;
    for (const [i, column] of columns.entries()) {
      if (same < known.length) {
        column.codes.length = same;
        column.order = column.order.filter((row) => row < same);
      }
      const path = dimensions[i]?.path ?? '';
      for (let row = same; row < trials.length; row++) insert(column, coders[i]?.(trials[row]?.[path]) ?? Number.NaN);
    }
    known = trials;
    return {
      columns: columns.map(({ codes, order }) => ({ codes: Float64Array.from(codes), order: Uint32Array.from(order) })),
      count: trials.length,
    };
  };
}

/** Adds a trial, younger than all others. */
function insert({ codes, order }: { codes: number[]; order: number[] }, code: number): void {
  const row = codes.push(code) - 1;
  if (Number.isNaN(code)) return;
  let from = 0;
  let to = order.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((codes[order[middle] as number] as number) <= code) from = middle + 1;
    else to = middle;
  }
  order.splice(from, 0, row);
}

/** The table of some dimensions, by place, and of those of the rows that have them all. */
export function selected({ columns, count }: CodeTable, places: readonly number[], rows: readonly number[]): CodeTable {
  const chosen = places.map((place) => columns[place] as Column);
  const gaps = chosen.filter(({ order }) => order.length < count);
  const kept = gaps.length === 0 ? rows : rows.filter((row) => gaps.every(({ codes }) => !Number.isNaN(codes[row])));
  // Where each row of the whole table is in the new one.
  const placeOf = new Int32Array(count).fill(-1);
  for (let i = 0; i < kept.length; i++) placeOf[kept[i] as number] = i;
  return {
    columns: chosen.map(({ codes, order }) => {
      const some = { codes: new Float64Array(kept.length), order: new Uint32Array(kept.length) };
      for (let i = 0; i < kept.length; i++) some.codes[i] = codes[kept[i] as number] as number;
      let next = 0;
      for (let i = 0; i < order.length; i++) {
        const place = placeOf[order[i] as number] as number;
        if (place >= 0) some.order[next++] = place;
      }
      return some;
    }),
    count: kept.length,
  };
}
