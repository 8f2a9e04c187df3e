/** What pruners save on real learning curves. Started by pruners.mjs. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createPruner, type PrunerSettings } from '../../stages/lib/search/create-pruner.ts';
import { createSampler, type SamplerName } from '../../stages/lib/search/create-sampler.ts';
import { suggestNew } from '../../stages/lib/search/suggest-new.ts';
import type { Observation, Report } from '../../stages/lib/search/types.ts';
import { type DigitsTable, openDigitsTable } from './digits-table.ts';
import { writeSection } from './results-page.ts';
import { mean } from './statistics.ts';

const TRIALS = 100;

interface Outcome {
  /** Of the epochs all trials would have taken. */
  readonly spent: number;
  /** Error of the best trial that was trained to the end, above the least there is. */
  readonly regret: number;
}

export async function measure(args: readonly string[], folder: string): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { seeds: { type: 'string', default: '200' }, write: { type: 'boolean', default: false } },
  });
  const table = openDigitsTable(folder);
  const pruners: readonly PrunerSettings[] = [
    { pruner: 'none' },
    { pruner: 'median' },
    { pruner: 'asha' },
    { pruner: 'asha', minSteps: 1, reduction: 3 },
    { pruner: 'hyperband', maxSteps: table.epochs },
    { pruner: 'hyperband', maxSteps: table.epochs, minSteps: 1 },
  ];
  const rows: string[] = [];
  for (const sampler of ['random', 'tpe'] as const) {
    let unpruned = 0;
    for (const settings of pruners) {
      const outcomes = Array.from({ length: Number(values.seeds) }, (_, seed) =>
        runStudy(table, sampler, settings, seed),
      );
      const regret = mean(outcomes.map((each) => each.regret));
      if (settings.pruner === 'none') unpruned = regret;
      const spent = mean(outcomes.map((each) => each.spent));
      const own = Object.entries(settings).filter(([field]) => field === 'minSteps' || field === 'reduction');
      const name = [settings.pruner, ...own.map(([field, value]) => `${field} ${value}`)].join(', ');
      const cost = (regret - unpruned).toFixed(4);
      rows.push(`| ${sampler} | ${name} | ${(100 * spent).toFixed(0)} % | ${regret.toFixed(4)} | ${cost} |`);
    }
  }
  const text = [
    `${TRIALS} trials on a table of ${table.space.dimensions.length} hyper-parameters and ${table.epochs} epochs, means over ${values.seeds} seeds. Regret: validation error of`,
    'the best trial trained to the end, above the least in the table. To save a third of the epochs for 0.003 of regret.',
    'Made by `node bench/search/pruners.mjs --write`; the table by digits-table.py.',
    '',
    '| sampler | pruner | epochs spent | regret | cost of pruning |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
  if (values.write) writeSection(path.join(folder, 'RESULTS.md'), 'Pruners', text);
  else process.stdout.write(`${text}\n`);
}

function runStudy(table: DigitsTable, sampler: SamplerName, settings: PrunerSettings, seed: number): Outcome {
  const source = createSampler({ sampler, space: table.space, seed, goals: ['minimize'] });
  const pruner = createPruner(settings, 'minimize');
  const history: Observation[] = [];
  let epochs = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const suggestion = suggestNew(source, history, trial);
    if (suggestion === null) break;
    const curve = table.curveOf(suggestion.settings).map((error, i): Report => [i + 1, error]);
    let reports = curve;
    for (let epoch = 1; epoch < curve.length; epoch++) {
      if (!pruner.stops(trial, curve.slice(0, epoch), history)) continue;
      reports = curve.slice(0, epoch);
      break;
    }
    epochs += reports.length;
    const isWhole = reports === curve;
    const values = isWhole ? [curve.at(-1)?.[1] ?? 1] : [];
    const state = isWhole ? 'complete' : 'pruned';
    history.push({ trial, settings: suggestion.settings, state, values, reports, violation: 0 });
  }
  const finals = history.flatMap(({ values }) => values);
  return { spent: epochs / (TRIALS * table.epochs), regret: Math.min(...finals) - table.least };
}
