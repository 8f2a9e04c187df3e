/** Numbers as tables show them. */
import type { Measured } from '../generated/diff.ts';

/** Whole numbers and large ones whole, with separators; others with four digits after the point, or four significant ones when small. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return value.toLocaleString('en');
  const size = Math.abs(value);
  if (size >= 1000) return value.toLocaleString('en', { maximumFractionDigits: 0 });
  return size >= 0.001 ? value.toFixed(4) : value.toPrecision(3);
}

/** A mean with its standard deviation, where it is one of several that differ. */
export function measuredText({ value, sd }: Measured): string {
  return sd === undefined || sd === 0 ? numberText(value) : `${numberText(value)} ± ${numberText(sd)}`;
}

/** A difference, with its sign: fractions always with four digits after the point, since smaller ones mean nothing in a score. */
export function signedText(value: number): string {
  const text = Number.isInteger(value) || Math.abs(value) >= 1000 ? numberText(value) : value.toFixed(4);
  return value > 0 ? `+${text}` : text;
}

/** `0.012`, `< 0.001` */
export function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** `6.3 M`, `242 k`, `509`: for counts of parameters and operations. */
export function amountText(value: number): string {
  for (const [limit, unit] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e4, 'k'],
  ] as const) {
    if (value >= limit) return `${(value / (limit === 1e4 ? 1e3 : limit)).toPrecision(3)} ${unit}`;
  }
  return numberText(value);
}

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * A row of bars, one a value or one for several when there is less room.
 *
 * @param low, high  what the lowest and the highest bar stand for, so that two rows can be compared.
 */
export function sparkline(values: readonly (number | null)[], low: number, high: number, width: number): string {
  const count = Math.min(width, values.length);
  return Array.from({ length: count }, (_, place) => {
    const part = values
      .slice(Math.floor((place * values.length) / count), Math.floor(((place + 1) * values.length) / count))
      .filter((each) => each !== null);
    if (part.length === 0) return ' ';
    const mean = part.reduce((sum, each) => sum + each, 0) / part.length;
    const share = high === low ? 0 : (mean - low) / (high - low);
    return BARS[Math.min(BARS.length - 1, Math.max(0, Math.floor(share * BARS.length)))];
  }).join('');
}
