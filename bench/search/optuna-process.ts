/** Optuna as a process that is asked for settings and told their values; see ask.py. */
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import type { Settings } from '../../stages/lib/search/types.ts';
import type { TestFunction } from './functions.ts';

export interface OptunaProcess {
  readonly version: string;
  study(
    target: TestFunction,
    sampler: 'tpe' | 'tpe-grouped' | 'random',
    seed: number,
    trials: number,
    parallel: number,
  ): Promise<number[]>;
  end(): void;
}

/** @param python  one that can import optuna. */
export async function openOptuna(python: string, script: string): Promise<OptunaProcess> {
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} ended before its answer`);
    return JSON.parse(value);
  };
  const tell = (value: unknown) => child.stdin.write(`${JSON.stringify(value)}\n`);
  return {
    version: String(await read()),
    async study({ space, evaluate }, sampler, seed, trials, parallel) {
      tell({ dimensions: space.dimensions, sampler, seed, trials, parallel });
      const values: number[] = [];
      for (let trial = 0; trial < trials; trial++) {
        const value = evaluate((await read()) as Settings);
        values.push(value);
        tell(value);
      }
      return values;
    },
    end: () => child.stdin.end(),
  };
}
