/** What an expression may ask of a sample. A text that was never given is empty, and so equals `''` and nothing else. */
import type { Sample } from '../../src/generated/sample.ts';
import { type Measures, PROPERTIES, type PropertyName } from '../lib/image/measure-image.ts';

export type Kind = 'number' | 'text' | 'list' | 'yes or no';
export type Value = number | string | boolean | readonly string[];

/** A readable sample, and what was measured of its pixels where that was asked for. */
export interface Asked {
  readonly sample: Sample;
  readonly measures: Measures | null;
}

export interface Field {
  readonly kind: Kind;
  /** Its pixels have to be measured to know it. */
  readonly isMeasured: boolean;
  read(asked: Asked): Value;
}

export const FIELDS: ReadonlyMap<string, Field> = new Map([
  given('id', 'text', ({ id }) => id),
  given('label', 'text', ({ labels: [first = '', ...more] }) => (more.length === 0 ? first : '')),
  given('labels', 'list', ({ labels }) => labels),
  given('split', 'text', ({ split }) => split ?? ''),
  given('group', 'text', ({ group }) => group ?? ''),
  given('time', 'text', ({ time }) => time ?? ''),
  given('family', 'text', ({ family }) => family),
  given('derived', 'yes or no', ({ id, family }) => id !== family),
  given('width', 'number', ({ width }) => width ?? 0),
  given('height', 'number', ({ height }) => height ?? 0),
  given('aspect', 'number', ({ width = 0, height = 1 }) => width / height),
  given('channels', 'number', ({ channels }) => channels ?? 0),
  ...PROPERTIES.map(measured),
]);

function given(name: string, kind: Kind, of: (sample: Sample) => Value): [string, Field] {
  return [name, { kind, isMeasured: false, read: ({ sample }) => of(sample) }];
}

function measured(name: PropertyName): [string, Field] {
  return [name, { kind: 'number', isMeasured: true, read: ({ measures }) => measures?.properties[name] ?? 0 }];
}
