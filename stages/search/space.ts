/** Spaces of settings: what can be drawn from them, and all points of those that have a finite number. */
import type { SearchParams } from '../../src/generated/stages/search.ts';
import { type Json, type Random, StageError } from '../../src/sdk/index.ts';

export type Space = SearchParams['space'];
export type Settings = Readonly<Record<string, Json>>;
type Dimension = Space[string];
type Range = Extract<Dimension, { range: unknown }>;

/** @throws StageError for a range that is empty, or has a logarithm of what is not positive. */
export function checkSpace(space: Space): void {
  for (const [path, dimension] of Object.entries(space)) {
    if ('choice' in dimension) continue;
    const [low = 0, high = 0] = dimension.range;
    if (low > high) throw unusable(path, `its range goes from ${low} down to ${high}`, `range: [${high}, ${low}]`);
    if (dimension.log === true && low <= 0)
      throw unusable(path, `\`log\` needs a range above 0, found ${low}`, 'log: false');
    if (dimension.log === true && dimension.step !== undefined)
      throw unusable(path, '`log` and `step` exclude each other', 'log: false');
  }
}

/** Draws in the order of the space's names, so that the order in which a file lists them does not matter. */
export function drawSettings(space: Space, random: Random): Settings {
  const names = Object.keys(space).sort();
  return Object.fromEntries(names.map((name) => [name, drawValue(space[name] as Dimension, random)]));
}

/** Every combination, the last name changing fastest. @throws StageError for a range without steps. */
export function gridSettings(space: Space): Settings[] {
  let points: Settings[] = [{}];
  for (const name of Object.keys(space).sort()) {
    const values = gridValues(name, space[name] as Dimension);
    points = points.flatMap((point) => values.map((value) => ({ ...point, [name]: value })));
  }
  return points;
}

function drawValue(dimension: Dimension, random: Random): Json {
  if ('choice' in dimension) return dimension.choice[random.integer(dimension.choice.length)] as Json;
  const step = stepOf(dimension);
  const [low = 0, high = 0] = dimension.range;
  if (dimension.log === true) {
    // Half a unit on either side gives the first and last whole number the same chance as the others.
    const margin = dimension.integer === true ? 0.5 : 0;
    const [from, to] = [Math.log(low - margin), Math.log(high + margin)];
    const value = Math.exp(from + (to - from) * random.uniform());
    return dimension.integer === true
      ? Math.min(high, Math.max(low, Math.round(value)))
      : clean(Math.min(high, Math.max(low, value)));
  }
  if (step === null) return clean(low + (high - low) * random.uniform());
  return clean(low + step * random.integer(stepsIn(dimension, step) + 1));
}

function gridValues(path: string, dimension: Dimension): Json[] {
  if ('choice' in dimension) return dimension.choice as Json[];
  const step = stepOf(dimension);
  if (step === null || dimension.log === true) {
    throw unusable(path, 'a grid needs choices, or a range with `step` or `integer`', 'sampler: random');
  }
  return Array.from({ length: stepsIn(dimension, step) + 1 }, (_, i) => clean((dimension.range[0] ?? 0) + i * step));
}

function stepOf({ step, integer }: Range): number | null {
  return step ?? (integer === true ? 1 : null);
}

function stepsIn({ range: [low = 0, high = 0] }: Range, step: number): number {
  return Math.floor((high - low) / step + 1e-9);
}

/** Twelve digits: enough for any setting, and free of the tails binary fractions have. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}

function unusable(path: string, why: string, hint: string): StageError {
  return new StageError(`the space of \`${path}\` cannot be used: ${why}`, { code: 'E0809', hint });
}
