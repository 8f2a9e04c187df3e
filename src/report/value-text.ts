/** JSON values as short text for one line of a terminal. */
import type { Json } from '../base/json.ts';
import { visible } from '../base/visible.ts';
import type { ChangedValue } from '../generated/table.ts';
import { truncate } from './text-width.ts';

/** Longest value shown whole, in columns. */
const VALUE_WIDTH = 40;

/** The value in one line: bare words as they are, everything else as JSON; shortened with `…`. */
export function valueText(value: Json | undefined, width: number = VALUE_WIDTH): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') {
    // A word that reads as another value keeps its quotes: 1 -> "1" must show a difference.
    return truncate(isPlainWord(value) ? value : visible(JSON.stringify(value)), width);
  }
  return truncate(visible(JSON.stringify(value)), width);
}

function isPlainWord(text: string): boolean {
  return (
    /^[\p{L}_./-][\p{L}\p{N}_./:@+-]*$/u.test(text) && !/^(true|false|null|yes|no|on|off|nan|-?\.?\d.*)$/i.test(text)
  );
}

/** `train.epochs=3, params.seed=2` */
export function changesText(values: readonly ChangedValue[]): string {
  return values.map(({ path, value }) => `${visible(path)}=${valueText(value as Json)}`).join(', ');
}
