/** How long a suggestion takes with 1,000 trials of 20 dimensions behind it. Started by suggest-time.mjs. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createSampler, type SamplerName } from '../../stages/lib/search/create-sampler.ts';
import type { Space } from '../../stages/lib/search/space.ts';
import { suggestNew } from '../../stages/lib/search/suggest-new.ts';
import type { Observation } from '../../stages/lib/search/types.ts';
import { spaceOf } from './functions.ts';
import { writeSection } from './results-page.ts';

const TRIALS = 1000;
const REPEATS = 30;
const DIMENSIONS = 20;

const numbered = (make: (i: number) => object) =>
  spaceOf(Object.fromEntries(Array.from({ length: DIMENSIONS }, (_, i) => [`x${i}`, make(i)])) as never);

/** The kinds of dimension differ in cost: of a finely stepped range every kernel's mass is computed anew. */
const SPACES: Readonly<Record<string, Space>> = {
  'mixed, a quarter conditional': numbered((i) => {
    const condition = i >= 15 ? { when: { x3: 'a' } } : {};
    if (i % 5 === 0) return { range: [0.0001, 1], log: true, ...condition };
    if (i % 5 === 1) return { range: [0, 1], ...condition };
    if (i % 5 === 2) return { range: [1, 512], log: true, integer: true, ...condition };
    if (i % 5 === 3) return { choice: ['a', 'b', 'c'], ...condition };
    return { range: [0, 0.5], step: 0.05, ...condition };
  }),
  continuous: numbered(() => ({ range: [0, 1] })),
  'whole numbers up to 1,000': numbered(() => ({ range: [1, 1000], integer: true })),
  'whole numbers up to 1,000,000, logarithmic': numbered(() => ({ range: [1, 1000000], integer: true, log: true })),
  choices: numbered(() => ({ choice: ['a', 'b', 'c', 'd'] })),
};

export async function measure(args: readonly string[], folder: string): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { write: { type: 'boolean', default: false } } });
  const rows: string[] = [];
  for (const [name, space] of Object.entries(SPACES)) {
    const history = historyOf(space);
    for (const sampler of ['tpe', 'tpe-grouped', 'tpe-independent'] as const) {
      const times = timesOf(space, sampler, history);
      const at = (share: number) => (times[Math.floor(share * (times.length - 1))] as number).toFixed(1);
      rows.push(`| ${name} | ${sampler} | ${at(0.5)} ms | ${at(0.95)} ms |`);
    }
  }
  const text = [
    `Processor time of one suggestion after ${TRIALS} trials of ${DIMENSIONS} dimensions, ${REPEATS} suggestions each, checked against earlier trials`,
    'for equal settings. To be below 10 ms. Made by `node bench/search/suggest-time.mjs --write`.',
    '',
    '| dimensions | sampler | median | 95 % |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
  if (values.write) writeSection(path.join(folder, 'RESULTS.md'), 'Time of a suggestion', text);
  else process.stdout.write(`${text}\n`);
}

function historyOf(space: Space): Observation[] {
  const random = createSampler({ sampler: 'random', space, seed: 1, goals: ['minimize'] });
  return Array.from({ length: TRIALS }, (_, trial) => {
    const settings = random.suggest([], trial) ?? {};
    const value = Object.values(settings).reduce<number>((sum, each) => sum + (typeof each === 'number' ? each : 0), 0);
    return { trial, settings, state: 'complete', values: [value], reports: [], violation: 0 };
  });
}

/** Milliseconds of processor time, from short to long: on a machine that does other work, time on the clock says little. */
function timesOf(space: Space, sampler: SamplerName, history: readonly Observation[]): number[] {
  const source = createSampler({ sampler, space, seed: 1, goals: ['minimize'] });
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const begin = process.cpuUsage();
    suggestNew(source, history, TRIALS + i);
    const { user, system } = process.cpuUsage(begin);
    times.push((user + system) / 1000);
  }
  return times.sort((a, b) => a - b);
}
