/**
 * Measuring commands beside one another: A B A B, so that what else the machine does meets all of them alike.
 *
 * Each single run is one call of hyperfine without a shell: wall by its clock, CPU as user plus system of the command and
 * all its children. Medians are taken here, over the rounds.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ENVIRONMENT, quote } from './tools.mjs';

/** Exit status of `timeout` when it ended the command, and when it had to kill it. */
const TIMED_OUT = [124, 137];

/**
 * @typedef {object} Command
 * @property {string} line       the command line
 * @property {() => void} [before]  runs before each run, unmeasured
 * @property {number} [rounds]   fewer than the others, for a slow one
 * @property {number} [limitS]   ended after so many seconds, and not run again
 *
 * @typedef {{ wallS: number, cpuS: number, runs: number, exceeded: boolean }} Figures
 */

/**
 * Runs all commands once a round.
 *
 * @template {string} Name
 * @param {Partial<Record<Name, Command | null>>} commands  null: not installed
 * @param {number} rounds
 * @returns {Record<Name, Figures | null>}
 */
export function alternate(commands, rounds) {
  const entries = Object.entries(commands).filter(([, command]) => command !== null);
  const runs = new Map(entries.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, command] of entries) {
      const done = runs.get(name);
      if (round >= (command.rounds ?? rounds) || done.some((each) => each.exceeded)) continue;
      command.before?.();
      done.push(runOnce(command));
    }
  }
  return Object.fromEntries(
    Object.entries(commands).map(([name, command]) => [name, command === null ? null : summarise(runs.get(name))]),
  );
}

/** Runs a command unmeasured, and says whether it ended in time. */
export function setUp(command, times = 1) {
  for (let each = 0; each < times; each += 1) if (runOnce(command).exceeded) return false;
  return true;
}

/** Peak resident memory of a command's largest process, in bytes. */
export function peakMemory(line) {
  return withTemporaryFile((file) => {
    const run = spawnSync('sh', ['-c', `exec /usr/bin/time -f %M -o ${quote(file)} ${line}`], {
      env: ENVIRONMENT,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`failed: ${line}\n${run.stderr}`);
    return Number(readFileSync(file, 'utf8').trim()) * 1024;
  });
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function runOnce({ line, limitS }) {
  return withTemporaryFile((file) => {
    const bounded = limitS === undefined ? line : `timeout --kill-after=10 ${limitS} ${line}`;
    const run = spawnSync(
      'hyperfine',
      ['-N', '--runs', '1', '--ignore-failure', '--style', 'none', '--export-json', file, bounded],
      {
        env: ENVIRONMENT,
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
      },
    );
    if (run.status !== 0) throw new Error(`cannot be started: ${line}\n${run.stderr}`);
    const [result] = JSON.parse(readFileSync(file, 'utf8')).results;
    const status = result.exit_codes[0];
    const exceeded = limitS !== undefined && TIMED_OUT.includes(status);
    if (status !== 0 && !exceeded) throw new Error(`exit code ${status}: ${line}`);
    return { wallS: result.times[0], cpuS: result.user + result.system, exceeded };
  });
}

function summarise(runs) {
  return {
    wallS: median(runs.map((each) => each.wallS)),
    cpuS: median(runs.map((each) => each.cpuS)),
    runs: runs.length,
    exceeded: runs.some((each) => each.exceeded),
  };
}

function withTemporaryFile(use) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pipe-bench-'));
  try {
    return use(path.join(folder, 'figures'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
