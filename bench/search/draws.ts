/**
 * Draws the next trial of the same histories many times, ours and Optuna's, and tests whether the two differ.
 *
 * Sharper than comparing regrets: a single step, thousands of draws, no chance of one search helping the next. Only the
 * dimensions that are drawn together are compared. Started by draws.mjs.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createSampler } from '../../stages/lib/search/create-sampler.ts';
import { FUNCTIONS, type TestFunction } from './functions.ts';
import { historyOf } from './study.ts';

/** Trials so far, and how many of the last of them are under way. */
const SITUATIONS = [
  [11, 0],
  [30, 0],
  [60, 3],
  [95, 0],
] as const;

export async function compareDraws(args: readonly string[], folder: string): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { python: { type: 'string', default: 'python3' }, draws: { type: 'string', default: '1500' } },
  });
  const cases = FUNCTIONS.flatMap((target) =>
    SITUATIONS.map(([trials, running]) => caseOf(target, trials, running, Number(values.draws))),
  );
  const script = path.join(folder, 'draws.py');
  spawnSync(values.python, [script], { input: JSON.stringify(cases), stdio: ['pipe', 'inherit', 'inherit'] });
}

function caseOf(target: TestFunction, trials: number, running: number, draws: number) {
  const { name, space } = target;
  const history = historyOf(target, 'tpe', 7001, trials).map((each) =>
    each.trial < trials - running ? each : { ...each, state: 'running' as const, values: [] },
  );
  const drawn = Array.from({ length: draws }, (_, i) =>
    createSampler({ sampler: 'tpe', space, seed: 100000 + i, goals: ['minimize'] }).suggest(history, trials),
  );
  return { name, dimensions: space.dimensions, history, drawn };
}
