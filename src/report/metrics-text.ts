/** Metrics as lines: `evaluate   accuracy 0.9231   loss 0.2104`. Shows numbers as they were recorded and computes none. */
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { visible } from '../base/visible.ts';
import { padEnd, textWidth, truncate } from './text-width.ts';

/** Lines a stage may fill; the rest of its metrics are in its files. */
const MOST_LINES = 2;
const GAP = '   ';

/**
 * Lines for each stage that has numbers.
 *
 * @param metrics  by stage, then by output name, as in the summary event.
 */
export function metricsText(metrics: Readonly<Record<string, Json>>, width: number): readonly string[] {
  const rows = Object.entries(metrics)
    .map(
      ([stage, byOutput]) =>
        [
          visible(stage),
          isJsonObject(byOutput) ? Object.values(byOutput).flatMap((each) => leaves(each, '')) : [],
        ] as const,
    )
    .filter(([, found]) => found.length > 0);
  const labelWidth = Math.max(0, ...rows.map(([stage]) => textWidth(stage)));
  return rows.flatMap(([stage, found]) => {
    const lines = fill(
      found.map((each) => `${visible(each.name)} ${each.text}`),
      width - labelWidth - GAP.length,
    );
    return lines.map((line, index) => padEnd(index === 0 ? stage : '', labelWidth) + GAP + line);
  });
}

/** Words laid out in lines; what does not fit is counted at the end. */
function fill(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const [index, word] of words.entries()) {
    const last = lines.at(-1);
    const left = words.length - index;
    const isLastLine = lines.length === MOST_LINES;
    // On the last line there has to be room to say how many are left.
    const room = width - (isLastLine && left > 1 ? GAP.length + `and ${left} more`.length : 0);
    if (last !== undefined && textWidth(last) + GAP.length + textWidth(word) <= room)
      lines[lines.length - 1] = last + GAP + word;
    else if (!isLastLine) lines.push(truncate(word, width));
    else {
      lines[lines.length - 1] = `${last}${GAP}and ${left} more`;
      break;
    }
  }
  return lines;
}

interface Leaf {
  readonly name: string;
  readonly text: string;
}

/** The numbers in a value, named by their path; `{ value, low, high }` is one number with its interval. */
function leaves(value: Json, name: string): readonly Leaf[] {
  if (typeof value === 'number') return [{ name: name === '' ? 'value' : name, text: numberText(value) }];
  if (!isJsonObject(value)) return [];
  const interval = intervalText(value);
  if (interval !== null) return [{ name, text: interval }];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, name === '' ? key : `${name}.${key}`));
}

function intervalText({ value, low, high }: JsonObject): string | null {
  if (typeof value !== 'number' || typeof low !== 'number' || typeof high !== 'number') return null;
  return `${numberText(value)} [${numberText(low)}, ${numberText(high)}]`;
}

/** Whole numbers whole; others with four digits after the point, or four significant ones when small. */
function numberText(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 0.001 ? value.toFixed(4) : value.toPrecision(4);
}
