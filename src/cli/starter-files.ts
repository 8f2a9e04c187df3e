/** What `pipe init` writes: three stages that need nothing but Node, each with one thing to show. */

const PIPELINE = `# Run it: pipe run. Then change a value below, run again, and see what is run anew: pipe why score
version: 1

params:
  seed: 1
  points: 200
  noise: 0.5

stages:
  points:
    desc: points around a line
    cmd: node scripts/points.mjs \${points} \${noise} \${seed}
    deps: [scripts/points.mjs]
    outs: [points.csv]
  fit:
    desc: the line that fits them best
    cmd: node scripts/fit.mjs
    deps: [scripts/fit.mjs, points.csv]
    outs: [line.json]
  score:
    desc: how well it fits
    cmd: node scripts/score.mjs
    deps: [scripts/score.mjs, points.csv, line.json]
    metrics: [metrics.json]

experiments:
  noisy: { params.noise: 2 }             # pipe run --experiment noisy
`;

const POINTS = `import { writeFileSync } from 'node:fs';

const [count, noise, seed] = process.argv.slice(2).map(Number);

// A small generator of random numbers (mulberry32): the same seed gives the same points.
let state = seed;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

const lines = Array.from({ length: count }, () => {
  const x = random() * 10;
  return \`\${x},\${3 * x + 1 + noise * (random() - 0.5)}\`;
});
writeFileSync('points.csv', \`x,y\\n\${lines.join('\\n')}\\n\`);
`;

const READ_POINTS = `const points = readFileSync('points.csv', 'utf8').trim().split('\\n').slice(1).map((line) => line.split(',').map(Number));
`;

const FIT = `import { readFileSync, writeFileSync } from 'node:fs';

${READ_POINTS}
// Least squares.
const mean = (pick) => points.reduce((sum, point) => sum + pick(point), 0) / points.length;
const meanX = mean(([x]) => x);
const meanY = mean(([, y]) => y);
const slope = mean(([x, y]) => (x - meanX) * (y - meanY)) / mean(([x]) => (x - meanX) ** 2);
writeFileSync('line.json', JSON.stringify({ slope, intercept: meanY - slope * meanX }));
`;

const SCORE = `import { readFileSync, writeFileSync } from 'node:fs';

${READ_POINTS}
const { slope, intercept } = JSON.parse(readFileSync('line.json', 'utf8'));
const errors = points.map(([x, y]) => Math.abs(y - slope * x - intercept));
writeFileSync('metrics.json', JSON.stringify({ slope, meanError: errors.reduce((a, b) => a + b, 0) / errors.length }));
`;

/** Outputs are in the store; git needs the lock file and what people wrote. */
const GITIGNORE = `cache/
artifacts/
points.csv
line.json
metrics.json
`;

const PIPEIGNORE = `# Patterns as in .gitignore: what they match is no part of any input.
.DS_Store
__pycache__/
*.tmp
`;

/** Text by path. */
export const STARTER_FILES: Readonly<Record<string, string>> = {
  'pipeline.yaml': PIPELINE,
  'scripts/points.mjs': POINTS,
  'scripts/fit.mjs': FIT,
  'scripts/score.mjs': SCORE,
  '.gitignore': GITIGNORE,
  '.pipeignore': PIPEIGNORE,
};
