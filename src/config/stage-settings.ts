/** The fields that every kind of stage can have: `env`, `resources`. */
import type { Resources } from './stage.ts';
import type { StageFields } from './stage-fields.ts';
import { printed } from './template.ts';
import { kindOf, member, type Tree } from './tree.ts';

/**
 * Declared variables with their values.
 *
 * @param environment  the variables of this process.
 * @param passedOn     told the name of each variable whose value was taken from there.
 */
export function readEnv(
  fields: StageFields,
  environment: Readonly<Record<string, string | undefined>>,
  passedOn: (name: string) => void,
): Readonly<Record<string, string | null>> {
  const env = fields.value('env');
  const values = new Map<string, string | null>();
  const pass = (name: string) => {
    passedOn(name);
    values.set(name, environment[name] ?? null);
  };
  const read = (name: string, value: Tree | null) => {
    if (name === '' || /[=\0]/.test(name)) {
      fields.problems.error('E0201', value?.at ?? env?.at ?? null, `\`${name}\` is not the name of a variable`, {
        stage: fields.stage,
      });
    } else if (value === null || (value.kind === 'scalar' && value.value === null)) pass(name);
    else if (value.kind === 'scalar' && value.value !== null) values.set(name, printed(value.value));
    else fields.wrong(value, `variable \`${name}\``, 'text, or nothing to pass it through');
  };
  if (env?.kind === 'list') {
    for (const item of env.items) {
      const name = fields.asText(item, '`env`');
      if (name !== undefined) read(name.text, null);
    }
  } else if (env?.kind === 'map') {
    for (const [name, { value }] of env.entries) read(name, value);
  }
  return Object.fromEntries(values);
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  kib: 2 ** 10,
  m: 1e6,
  mb: 1e6,
  mib: 2 ** 20,
  g: 1e9,
  gb: 1e9,
  gib: 2 ** 30,
  t: 1e12,
  tb: 1e12,
  tib: 2 ** 40,
};

/** Bytes of `4GB`, `1.5 GiB` or a number; null when it cannot be read. */
export function memoryBytes(value: string | number): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(value).trim());
  const unit = UNITS[(match?.[2] ?? '-').toLowerCase()];
  return match === null || unit === undefined ? null : Math.round(Number(match[1]) * unit);
}

export function readResources(fields: StageFields): Resources {
  const resources = fields.value('resources');
  const amount = (name: string, least: number, isWhole: boolean): number => {
    const value = member(resources, name);
    if (value === undefined) return least;
    if (value.kind === 'scalar' && typeof value.value === 'number' && value.value >= least) {
      if (!isWhole || Number.isInteger(value.value)) return value.value;
    }
    return refuse(fields, name, value, `${isWhole ? 'a whole number' : 'a number'} of at least ${least}`, least);
  };
  return {
    cpus: amount('cpus', 1, false),
    memoryBytes: readMemory(fields, member(resources, 'memory')),
    gpus: amount('gpus', 0, true),
  };
}

function readMemory(fields: StageFields, value: Tree | undefined): number {
  if (value === undefined) return 0;
  const scalar = value.kind === 'scalar' ? value.value : null;
  const bytes = typeof scalar === 'string' || typeof scalar === 'number' ? memoryBytes(scalar) : null;
  return bytes ?? refuse(fields, 'memory', value, '`4GB`, `512MiB`, or a number of bytes', 0);
}

function refuse(fields: StageFields, name: string, value: Tree, expected: string, otherwise: number): number {
  fields.problems.error('E0223', value.at, `\`${name}\` is ${kindOf(value)}`, { stage: fields.stage, expected });
  return otherwise;
}
