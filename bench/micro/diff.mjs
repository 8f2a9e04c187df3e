/**
 * How long `pipe diff` of two experiments with 100,000 predictions each takes, from the start of Node to the last line.
 *
 *   npm run build && node bench/micro/diff.mjs [CLASSES]
 *
 * Makes a project below the folder for temporary files and removes it. Prints every time and the median of seven, in milliseconds.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const classes = Number(process.argv[2] ?? 10);
const program = path.resolve(import.meta.dirname, '../../bin/pipe.cjs');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-diff-'));
const WRITE = `
import { writeFileSync } from 'node:fs';
const [seed, count] = process.argv.slice(2).map(Number);
let state = seed;
const random = () => (state = (state * 1664525 + 1013904223) >>> 0) / 4294967296;
const names = Array.from({ length: count }, (_, i) => 'class' + i);
const lines = Array.from({ length: 100_000 }, (_, i) => {
  const label = i % count;
  const guess = random() < 0.8 ? label : Math.floor(random() * count);
  const shares = names.map((_, k) => random() * 0.1 + (k === guess ? 0.5 : 0));
  const sum = shares.reduce((a, b) => a + b);
  return ['images/' + i + '.png', names[label], names[guess], ...shares.map((each) => (each / sum).toFixed(6))].join(',');
});
writeFileSync('predictions.csv', ['id,label,predicted,' + names.join(','), ...lines].join('\\n') + '\\n');
`;
try {
  fs.writeFileSync(path.join(folder, 'write.mjs'), WRITE);
  fs.writeFileSync(
    path.join(folder, 'pipeline.yaml'),
    `params: { seed: 1 }
stages:
  evaluate: { cmd: "node write.mjs \${seed} ${classes}", deps: [write.mjs], outs: [predictions.csv] }
experiments:
  other: { params.seed: 2 }
`,
  );
  const run = (...args) =>
    execFileSync(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  run('run', '--all');
  const times = Array.from({ length: 7 }, () => {
    const begin = performance.now();
    run('diff', 'other');
    return performance.now() - begin;
  });
  process.stdout.write(`${times.map((each) => each.toFixed(0)).join(' ')}\n`);
  process.stdout.write(`median ${times.sort((a, b) => a - b)[3].toFixed(0)} ms, ${classes} classes\n`);
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
