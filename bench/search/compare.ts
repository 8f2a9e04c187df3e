/** The comparison with Optuna: runs ours, and writes the table. Started by compare.mjs. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { SamplerName } from '../../stages/lib/search/create-sampler.ts';
import { FUNCTIONS, type TestFunction } from './functions.ts';
import { measureOptuna, readOptuna } from './optuna-regrets.ts';
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
      seeds: { type: 'string', default: '60' },
      write: { type: 'boolean', default: false },
    },
  });
  const optuna =
    values.python === undefined ? readOptuna(folder) : await measureOptuna(values.python, folder, Number(values.seeds));
  const tables = FUNCTIONS.map((target) => {
    process.stderr.write(`ours on ${target.name} …\n`);
    const ours = OURS.map(
      ([name, sampler, parallel]) => [name, regretsOf(target, sampler, parallel, optuna.seeds)] as const,
    );
    const theirs = Object.entries(optuna.regrets[target.name] ?? {});
    return tableOf(target, ours, theirs);
  });
  const text = [
    `Simple regret (best value so far above the known least one) over ${optuna.seeds} seeds. "worse than Optuna": one-sided Mann-Whitney p`,
    `of being worse than the multivariate TPE of Optuna ${optuna.version} after 50 and 100 trials; small would be bad. "better than random": p of`,
    'being better than our random draws by chance alone. Made by `node bench/search/compare.mjs --write`, Optuna measured with',
    '`--python PYTHON`.',
    '',
    '| function | sampler | mean @50 | median @50 | mean @100 | median @100 | worse than Optuna @50, @100 | better than random @100 |',
    '|---|---|---|---|---|---|---|---|',
    ...tables,
  ].join('\n');
  if (values.write) writeSection(path.join(folder, 'RESULTS.md'), 'Samplers', text);
  else process.stdout.write(`${text}\n`);
}

function regretsOf(target: TestFunction, sampler: SamplerName, parallel: number, seeds: number): Regrets {
  const studies = Array.from({ length: seeds }, (_, seed) =>
    runStudy(target, sampler, seed, Math.max(...COUNTS), parallel),
  );
  return COUNTS.map((count) => studies.map((each) => regretAt(each, count, target.least)));
}

type Rows = readonly (readonly [name: string, regrets: Regrets])[];

function tableOf({ name: target }: TestFunction, ours: Rows, theirs: Rows): string {
  const random = ours[0]?.[1] ?? [];
  const optuna = theirs[0]?.[1] ?? [];
  const row = (name: string, regrets: Regrets, worse: string) => {
    const figures = regrets.flatMap((each) => [mean(each), median(each)].map((value) => value.toPrecision(3)));
    const better = name === 'random' ? '-' : share(exceeds(random.at(-1) ?? [], regrets.at(-1) ?? []));
    return `| ${target} | ${name} | ${figures.join(' | ')} | ${worse} | ${better} |`;
  };
  return [
    ...ours.map(([name, regrets]) =>
      row(name, regrets, regrets.map((each, i) => share(exceeds(each, optuna[i] ?? []))).join(', ')),
    ),
    ...theirs.map(([name, regrets]) => row(`Optuna ${name}`, regrets, '-')),
  ].join('\n');
}

function share(p: number): string {
  return p < 0.001 ? p.toExponential(0) : p.toFixed(p < 0.01 ? 3 : 2);
}
