/** Regrets of Optuna on the test functions: measured where Optuna is, and kept in a file for where it is not. */
import fs from 'node:fs';
import path from 'node:path';
import { FUNCTIONS, type TestFunction } from './functions.ts';
import { type OptunaProcess, openOptuna } from './optuna-process.ts';
import { COUNTS, regretAt } from './study.ts';

export interface OptunaRegrets {
  readonly version: string;
  readonly seeds: number;
  /** By function and sampler: at each of COUNTS one regret per seed. */
  readonly regrets: Readonly<Record<string, Readonly<Record<string, readonly (readonly number[])[]>>>>;
}

const FILE = 'optuna-regrets.json';
/** How many Optuna processes run at the same time. */
const PROCESSES = 2;

export function readOptuna(folder: string): OptunaRegrets {
  return JSON.parse(fs.readFileSync(path.join(folder, FILE), 'utf8')) as OptunaRegrets;
}

export async function measureOptuna(python: string, folder: string, seeds: number): Promise<OptunaRegrets> {
  const script = path.join(folder, 'ask.py');
  const optunas = await Promise.all(Array.from({ length: PROCESSES }, () => openOptuna(python, script)));
  const regrets: Record<string, Record<string, number[][]>> = {};
  for (const target of FUNCTIONS) {
    process.stderr.write(`Optuna on ${target.name} …\n`);
    // Groups are all one where nothing is conditional.
    const isConditional = target.space.dimensions.some(({ when }) => when.length > 0);
    const ofFunction: Record<string, number[][]> = {};
    for (const sampler of isConditional ? (['tpe', 'tpe-grouped'] as const) : (['tpe'] as const))
      ofFunction[sampler] = await regretsOf(optunas, target, sampler, seeds);
    regrets[target.name] = ofFunction;
  }
  for (const optuna of optunas) optuna.end();
  const measured = { version: optunas[0]?.version ?? '', seeds, regrets };
  fs.writeFileSync(path.join(folder, FILE), `${JSON.stringify(measured)}\n`);
  return measured;
}

async function regretsOf(
  optunas: readonly OptunaProcess[],
  target: TestFunction,
  sampler: 'tpe' | 'tpe-grouped',
  seeds: number,
): Promise<number[][]> {
  const waiting = Array.from({ length: seeds }, (_, seed) => seed);
  const studies: number[][] = [];
  await Promise.all(
    optunas.map(async (optuna) => {
      for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift())
        studies[seed] = await optuna.study(target, sampler, seed, Math.max(...COUNTS));
    }),
  );
  return COUNTS.map((count) => studies.map((each) => Number(regretAt(each, count, target.least).toPrecision(5))));
}
