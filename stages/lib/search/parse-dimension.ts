/** Reads one dimension: a choice or a range of numbers. Conditions are read later, when all dimensions are known. */
import { isJsonObject, type Json } from '../../../src/base/json.ts';
import { type Dimension, type NumberDimension, sameValue } from './space.ts';
import { onlyFields, type Report, written } from './space-problem.ts';

const FORMS = '`choice: [...]`, `range: [low, high]` or `list: {...}`';

/** @returns null when something was reported. */
export function parseDimension(path: string, spec: Json, at: readonly string[], report: Report): Dimension | null {
  if (!isJsonObject(spec) || 'choice' in spec === 'range' in spec) {
    report({
      code: 'E1001',
      at,
      message: `\`${path}\` is ${written(spec)}, expected one of ${FORMS}`,
      hint: `${path}: { choice: [1, 2] }`,
    });
    return null;
  }
  if ('choice' in spec) {
    if (!onlyFields(spec, ['choice', 'when'], at, report)) return null;
    return parseChoice(path, spec.choice, [...at, 'choice'], report);
  }
  if (!onlyFields(spec, ['range', 'log', 'step', 'integer', 'when'], at, report)) return null;
  return parseRange(path, spec, at, report);
}

function parseChoice(path: string, choices: Json | undefined, at: readonly string[], report: Report): Dimension | null {
  if (!Array.isArray(choices) || choices.length === 0) {
    const found = Array.isArray(choices) ? 'is empty' : `is ${written(choices)}, expected a list`;
    report({ code: 'E1002', at, message: `the choice of \`${path}\` ${found}`, hint: 'choice: [1, 2]' });
    return null;
  }
  const values = choices as readonly Json[];
  const twice = values.find((value, i) => values.findIndex((each) => sameValue(each, value)) < i);
  if (twice !== undefined) {
    report({
      code: 'E1002',
      at,
      message: `the choice of \`${path}\` has ${written(twice)} twice`,
      hint: `choice: ${written(values.filter((value, i) => values.findIndex((each) => sameValue(each, value)) === i))}`,
    });
    return null;
  }
  return { kind: 'choice', path, when: [], choices: values };
}

function parseRange(
  path: string,
  { range, log = false, integer = false, step = null }: Readonly<Record<string, Json>>,
  at: readonly string[],
  report: Report,
): NumberDimension | null {
  const refuse = (
    code: 'E1001' | 'E1003' | 'E1004' | 'E1005' | 'E1006',
    field: string,
    found: string,
    hint: string,
  ) => {
    report({ code, at: [...at, field], message: `the range of \`${path}\` ${found}`, hint });
    return null;
  };
  if (!Array.isArray(range) || range.length !== 2 || !range.every((end) => Number.isFinite(end)))
    return refuse('E1003', 'range', `is ${written(range)}, expected two numbers`, 'range: [0.001, 0.1]');
  const [low, high] = range as [number, number];
  if (low > high) return refuse('E1003', 'range', `goes from ${low} down to ${high}`, `range: [${high}, ${low}]`);
  for (const [field, value] of [
    ['log', log],
    ['integer', integer],
  ] as const) {
    if (typeof value !== 'boolean')
      return refuse('E1001', field, `has \`${field}: ${written(value)}\`, expected true or false`, `${field}: true`);
  }
  if (log && low <= 0)
    return refuse(
      'E1004',
      'range',
      `begins at ${low}, and \`log\` needs numbers above 0`,
      `range: [${positive(integer, high)}, ${high > 0 ? high : 1}]`,
    );
  if (integer && !(Number.isSafeInteger(low) && Number.isSafeInteger(high)))
    return refuse(
      'E1006',
      'range',
      `is [${low}, ${high}], and \`integer\` needs whole ends`,
      `range: [${Math.ceil(low)}, ${Math.max(Math.ceil(low), Math.floor(high))}]`,
    );
  if (step === null) return { kind: 'number', path, when: [], low, high, log: log === true, step: integer ? 1 : null };

  if (typeof step !== 'number' || !(step > 0) || !Number.isFinite(step))
    return refuse('E1005', 'step', `has step ${written(step)}, expected a number above 0`, 'step: 1');
  if (log) return refuse('E1005', 'step', 'has both `log` and `step`', 'log: false');
  if (integer && !Number.isSafeInteger(step))
    return refuse(
      'E1005',
      'step',
      `has step ${step}, and \`integer\` needs a whole one`,
      `step: ${Math.max(1, Math.round(step))}`,
    );
  if (step > high - low)
    return refuse(
      'E1005',
      'step',
      `has step ${step}, larger than the range from ${low} to ${high}`,
      `choice: [${low === high ? low : `${low}, ${high}`}]`,
    );
  const steps = Math.floor((high - low) / step + 1e-9);
  return { kind: 'number', path, when: [], low, high: Number((low + steps * step).toPrecision(12)), log: false, step };
}

/** A positive number to begin a logarithmic range at. */
function positive(integer: Json, high: number): number {
  if (integer === true) return 1;
  return high > 0 ? Number((high / 1000).toPrecision(3)) : 0.001;
}
