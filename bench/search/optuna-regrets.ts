/** Regrets of Optuna on the test functions: measured where Optuna is, and kept in a file for where it is not. */
import fs from 'node:fs';
import path from 'node:path';
import { FUNCTIONS } from './functions.ts';
import { type OptunaProcess, openOptuna } from './optuna-process.ts';
import { COUNTS, regretAt } from './study.ts';

export interface OptunaRegrets {
  readonly version: string;
  /** The first seed; the others follow it. */
  readonly first: number;
  readonly seeds: number;
  /** By function and row of the table: at each of COUNTS one regret per seed. */
  readonly regrets: Readonly<Record<string, Readonly<Record<string, readonly (readonly number[])[]>>>>;
}

const FILE = 'optuna-regrets.json';
/** How many Optuna processes run at the same time. */
const PROCESSES = 2;

const MEASURED: readonly (readonly [name: string, sampler: 'tpe' | 'tpe-grouped', parallel: number])[] = [
  ['tpe', 'tpe', 1],
  ['tpe, 4 at once', 'tpe', 4],
  ['tpe-grouped', 'tpe-grouped', 1],
];

export function readOptuna(folder: string): OptunaRegrets {
  return JSON.parse(fs.readFileSync(path.join(folder, FILE), 'utf8')) as OptunaRegrets;
}

export async function measureOptuna(
  python: string,
  folder: string,
  first: number,
  seeds: number,
): Promise<OptunaRegrets> {
  const script = path.join(folder, 'ask.py');
  const optunas = await Promise.all(Array.from({ length: PROCESSES }, () => openOptuna(python, script)));
  const regrets: Record<string, Record<string, number[][]>> = {};
  for (const target of FUNCTIONS) {
    process.stderr.write(`Optuna on ${target.name} …\n`);
    // Groups are all one where nothing is conditional.
    const isConditional = target.space.dimensions.some(({ when }) => when.length > 0);
    const ofFunction: Record<string, number[][]> = {};
    for (const [name, sampler, parallel] of MEASURED) {
      if (!isConditional && sampler !== 'tpe') continue;
      const studies = await inTurn(optunas, seeds, (optuna, i) =>
        optuna.study(target, sampler, first + i, Math.max(...COUNTS), parallel),
      );
      ofFunction[name] = COUNTS.map((count) =>
        studies.map((each) => Number(regretAt(each, count, target.least).toPrecision(5))),
      );
    }
    regrets[target.name] = ofFunction;
  }
  for (const optuna of optunas) optuna.end();
  const measured = { version: optunas[0]?.version ?? '', first, seeds, regrets };
  fs.writeFileSync(path.join(folder, FILE), `${JSON.stringify(measured)}\n`);
  return measured;
}

/** Runs `count` studies, each in the process that is free next. */
async function inTurn(
  optunas: readonly OptunaProcess[],
  count: number,
  study: (optuna: OptunaProcess, i: number) => Promise<number[]>,
): Promise<number[][]> {
  const waiting = Array.from({ length: count }, (_, i) => i);
  const studies: number[][] = [];
  await Promise.all(
    optunas.map(async (optuna) => {
      for (let i = waiting.shift(); i !== undefined; i = waiting.shift()) studies[i] = await study(optuna, i);
    }),
  );
  return studies;
}
