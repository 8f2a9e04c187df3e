/** Settings and numbers of trials in one line. */
import type { Json } from '../base/json.ts';
import { visible } from '../base/visible.ts';
import { valueText } from './value-text.ts';

/** `model.filters=8   optimizer.learningRate=0.00312` */
export function settingsText(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings as Record<string, Json>)
    .map(
      ([path, value]) =>
        `${visible(path)}=${typeof value === 'number' ? String(Number(value.toPrecision(4))) : valueText(value)}`,
    )
    .join('   ');
}

/** Whole numbers whole, others with four digits after the point, or four significant ones when small. */
export function numberText(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '-';
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 0.001 ? value.toFixed(4) : value.toPrecision(4);
}
