/**
 * What a trial of a search costs besides its training, with warm workers: `node bench/study/overhead.mjs [trials] [workers]`.
 *
 * The record of a search says when each training ran, and on which worker. What lies between two trainings of one worker is what the
 * search takes for a trial: its record, its items, the next suggestion, the way to the worker. Loading at the start is not counted.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../..');
const [trials = 60, workers = 2] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(path.join(os.tmpdir(), 'study-bench-'));

try {
  cpSync(path.join(ROOT, 'examples/plates/data'), path.join(folder, 'data'), { recursive: true });
  writeFileSync(
    path.join(folder, 'pipeline.yaml'),
    `stages:
  ingest: { uses: ingest, with: { source: data, labels: folders } }
  split: { uses: split, from: ingest, with: { train: 0.6, validation: 0.2, test: 0.2 } }
  search:
    uses: search
    from: split
    resources: { cpus: ${workers} }
    with:
      trials: ${trials}
      parallel: ${workers}
      trial: { with: { epochs: 2, model: { filters: 4, blocks: 3 } } }
      space:
        optimizer.learningRate: { range: [0.0001, 0.1], log: true }
        optimizer.name: { choice: [sgd, rmsprop, adam] }
        model.dropout: { range: [0, 0.5] }
`,
  );
  const stdio = ['ignore', 'ignore', 'inherit'];
  execFileSync(process.execPath, [path.join(ROOT, 'bin/pipe.cjs'), 'run', '--quiet', '--jobs', String(workers)], {
    cwd: folder,
    stdio,
  });
  const spans = timeline();
  const gaps = [];
  for (let worker = 0; worker < workers; worker++) {
    const own = spans.filter((span) => span.worker === worker).sort((a, b) => a.from - b.from);
    // The first of a worker waits for its start.
    for (let i = 2; i < own.length; i++) gaps.push(own[i].from - own[i - 1].to);
  }
  gaps.sort((a, b) => a - b);
  const share = (part) => Math.round(1000 * (gaps[Math.floor(part * (gaps.length - 1))] ?? 0));
  const training = spans.reduce((sum, { from, to }) => sum + to - from, 0) / spans.length;
  process.stdout.write(
    `${trials} trials, ${workers} workers: training ${Math.round(1000 * training)} ms; between trainings median ${share(0.5)} ms, 90th percentile ${share(0.9)} ms, most ${share(1)} ms\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function timeline() {
  const actions = path.join(folder, 'cache/actions');
  for (const name of readdirSync(actions, { recursive: true })) {
    if (!`${name}`.endsWith('.json')) continue;
    const { record } = JSON.parse(readFileSync(path.join(actions, `${name}`), 'utf8'));
    if (record.stage === 'search') return record.provenance.timeline;
  }
  throw new Error('the search left no record');
}
