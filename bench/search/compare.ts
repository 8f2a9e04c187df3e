/** The comparison with Optuna: runs ours, and writes the table. Started by compare.mjs. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { SamplerName } from '../../stages/lib/search/create-sampler.ts';
import { FUNCTIONS, type TestFunction } from './functions.ts';
import { measureOptuna, type OptunaRegrets, readOptuna } from './optuna-regrets.ts';
import { writeSection } from './results-page.ts';
import { exceeds, mean, median } from './statistics.ts';
import { COUNTS, regretAt, runStudy } from './study.ts';

const OURS: readonly (readonly [name: string, sampler: SamplerName, parallel: number])[] = [
  ['random', 'random', 1],
  ['sobol', 'sobol', 1],
  ['tpe', 'tpe', 1],
  ['tpe, 4 at once', 'tpe', 4],
  ['tpe-grouped', 'tpe-grouped', 1],
  ['tpe-independent', 'tpe-independent', 1],
];

/** At each of COUNTS one regret per seed. */
type Regrets = readonly (readonly number[])[];

export async function compare(args: readonly string[], folder: string): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      python: { type: 'string' },
      first: { type: 'string', default: '0' },
      seeds: { type: 'string', default: '30' },
      write: { type: 'boolean', default: false },
    },
  });
  const optuna =
    values.python === undefined
      ? readOptuna(folder)
      : await measureOptuna(values.python, folder, Number(values.first), Number(values.seeds));
  const tables = FUNCTIONS.map((target) => {
    process.stderr.write(`ours on ${target.name} …\n`);
    const ours = OURS.map(([name, sampler, parallel]) => [name, regretsOf(target, sampler, parallel, optuna)] as const);
    const theirs = Object.entries(optuna.regrets[target.name] ?? {});
    return tableOf(target, ours, theirs);
  });
  const text = [
    `Simple regret (best value so far above the known least one) over ${optuna.seeds} seeds from ${optuna.first} on. "worse than Optuna":`,
    `one-sided Mann-Whitney p of being worse than Optuna ${optuna.version} after 50 and 100 trials, its sampler of the same name, else its`,
    'multivariate TPE; small would be bad. "better than random": p of being better than our random draws by chance alone. "4 at once":',
    'trial n knows the results of trials up to n - 4, in both. Made by `node bench/search/compare.mjs --write`, Optuna measured with',
    '`--python PYTHON`.',
    '',
    '| function | sampler | mean @50 | median @50 | mean @100 | median @100 | worse than Optuna @50, @100 | better than random @100 |',
    '|---|---|---|---|---|---|---|---|',
    ...tables,
  ].join('\n');
  if (values.write) writeSection(path.join(folder, 'RESULTS.md'), 'Samplers', text);
  else process.stdout.write(`${text}\n`);
}

function regretsOf(
  target: TestFunction,
  sampler: SamplerName,
  parallel: number,
  { first, seeds }: Pick<OptunaRegrets, 'first' | 'seeds'>,
): Regrets {
  const studies = Array.from({ length: seeds }, (_, i) =>
    runStudy(target, sampler, first + i, Math.max(...COUNTS), parallel),
  );
  return COUNTS.map((count) => studies.map((each) => regretAt(each, count, target.least)));
}

type Rows = readonly (readonly [name: string, regrets: Regrets])[];

function tableOf({ name: target }: TestFunction, ours: Rows, theirs: Rows): string {
  const random = ours[0]?.[1] ?? [];
  const optuna = new Map(theirs);
  const worse = (name: string, regrets: Regrets) => {
    const rival = optuna.get(name) ?? optuna.get('tpe') ?? [];
    return regrets.map((each, i) => share(exceeds(each, rival[i] ?? []))).join(', ');
  };
  const row = (name: string, regrets: Regrets, worseThanOptuna: string) => {
    const figures = regrets.flatMap((each) => [mean(each), median(each)].map((value) => value.toPrecision(3)));
    const better = name === 'random' ? '-' : share(exceeds(random.at(-1) ?? [], regrets.at(-1) ?? []));
    return `| ${target} | ${name} | ${figures.join(' | ')} | ${worseThanOptuna} | ${better} |`;
  };
  return [
    ...ours.map(([name, regrets]) => row(name, regrets, worse(name, regrets))),
    ...theirs.map(([name, regrets]) => row(`Optuna ${name}`, regrets, '-')),
  ].join('\n');
}

function share(p: number): string {
  return p < 0.001 ? p.toExponential(0) : p.toFixed(p < 0.01 ? 3 : 2);
}
