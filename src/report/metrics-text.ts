/** Metrics as lines: `evaluate   accuracy 0.9231   loss 0.2104`. Shows numbers as they were recorded and computes none. */
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { padEnd, truncate, visible } from './text-width.ts';

/** More metrics of one stage than this are in its files. */
const MOST = 8;

/**
 * A line for each stage that has numbers.
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
  const labelWidth = Math.max(0, ...rows.map(([stage]) => stage.length));
  return rows.map(([stage, found]) => {
    const shown = found.slice(0, MOST).map((each) => `${visible(each.name)} ${each.text}`);
    const more = found.length > MOST ? [`and ${found.length - MOST} more`] : [];
    return truncate(`${padEnd(stage, labelWidth)}   ${[...shown, ...more].join('   ')}`, width);
  });
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
