/** The comparison with Optuna: runs both, and writes the table. Started by compare.mjs. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { SamplerName } from '../../stages/lib/search/create-sampler.ts';
import { FUNCTIONS, type TestFunction } from './functions.ts';
import { type OptunaProcess, openOptuna } from './optuna-process.ts';
import { writeSection } from './results-page.ts';
import { exceeds, mean, median } from './statistics.ts';
import { regretAt, runStudy } from './study.ts';

const OURS = ['random', 'sobol', 'tpe', 'tpe-grouped', 'tpe-independent'] as const;
const THEIRS = ['tpe', 'tpe-grouped'] as const;
const COUNTS = [50, 100] as const;
/** How many Optuna processes run at the same time. */
const PROCESSES = 2;

interface Row {
  readonly sampler: string;
  /** Regrets at each of COUNTS, one per seed. */
  readonly regrets: readonly (readonly number[])[];
}

export async function compare(args: readonly string[], folder: string): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      python: { type: 'string', default: 'python3' },
      seeds: { type: 'string', default: '100' },
      write: { type: 'boolean', default: false },
    },
  });
  const seeds = Array.from({ length: Number(values.seeds) }, (_, seed) => seed);
  const optunas = await Promise.all(
    Array.from({ length: PROCESSES }, () => openOptuna(values.python, path.join(folder, 'ask.py'))),
  );
  const tables: string[] = [];
  for (const target of FUNCTIONS) {
    process.stderr.write(`${target.name} …\n`);
    const rows = [
      ...OURS.map((sampler) => ourRow(target, sampler, seeds)),
      ...(await theirRows(target, optunas, seeds)),
    ];
    tables.push(tableOf(target, rows));
  }
  const version = optunas[0]?.version;
  for (const optuna of optunas) optuna.end();
  const text = [
    `Simple regret (best value so far above the known least one) over ${seeds.length} seeds. "worse than Optuna": one-sided`,
    `Mann-Whitney p of being worse than Optuna ${version}'s multivariate TPE after 50 and 100 trials, small would be bad; "better`,
    `than random": p of being better than our random draws only by chance. Made by \`node bench/search/compare.mjs --seeds ${seeds.length} --write\`.`,
    '',
    '| function | sampler | mean @50 | median @50 | mean @100 | median @100 | worse than Optuna @50, @100 | better than random @100 |',
    '|---|---|---|---|---|---|---|---|',
    ...tables,
  ].join('\n');
  if (values.write) writeSection(path.join(folder, 'RESULTS.md'), 'Samplers', text);
  else process.stdout.write(`${text}\n`);
}

function ourRow(target: TestFunction, sampler: SamplerName, seeds: readonly number[]): Row {
  const studies = seeds.map((seed) => runStudy(target, sampler, seed, COUNTS[1]));
  return { sampler, regrets: COUNTS.map((count) => studies.map((each) => regretAt(each, count, target.least))) };
}

async function theirRows(
  target: TestFunction,
  optunas: readonly OptunaProcess[],
  seeds: readonly number[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const sampler of THEIRS) {
    const studies: number[][] = [];
    const waiting = [...seeds];
    await Promise.all(
      optunas.map(async (optuna) => {
        for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift())
          studies[seed] = await optuna.study(target, sampler, seed, COUNTS[1]);
      }),
    );
    const regrets = COUNTS.map((count) => studies.map((each) => regretAt(each, count, target.least)));
    rows.push({ sampler: `Optuna ${sampler}`, regrets });
  }
  return rows;
}

function tableOf({ name }: TestFunction, rows: readonly Row[]): string {
  const regretsOf = (sampler: string) => rows.find((row) => row.sampler === sampler)?.regrets ?? [];
  const [random, optuna] = [regretsOf('random'), regretsOf('Optuna tpe')];
  return rows
    .map(({ sampler, regrets }) => {
      const figures = regrets.flatMap((each) => [mean(each), median(each)].map((value) => value.toPrecision(3)));
      const isOurs = !sampler.startsWith('Optuna');
      const worse = isOurs ? regrets.map((each, i) => share(exceeds(each, optuna[i] ?? []))).join(', ') : '-';
      const better = sampler === 'random' ? '-' : share(exceeds(random[1] ?? [], regrets[1] ?? []));
      return `| ${name} | ${sampler} | ${figures.join(' | ')} | ${worse} | ${better} |`;
    })
    .join('\n');
}

function share(p: number): string {
  return p < 0.001 ? p.toExponential(0) : p.toFixed(p < 0.01 ? 3 : 2);
}
