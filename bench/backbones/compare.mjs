/**
 * Frozen backbones beside PyTorch: `node bench/backbones/compare.mjs --backbones FOLDER --python PYTHON [NAME…] [--rounds N] [--write]`.
 *
 * FOLDER is where `pipe backbone add` put them; onnxruntime is found as in a run, also by PIPE_BACKENDS_FOLDER. All take part at the
 * same time, each in a process of its own, and do their batches in turn, so that all meet the same machine.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';

const HERE = import.meta.dirname;
const ROOT = path.dirname(path.dirname(HERE));
const SIDE = '224';
const NAMES = ['resnet50', 'mobilenet-v1'];
const DEMANDED = { onnxruntime: 1, engine: 0.7 };
const { values, positionals } = parseArgs({
  options: {
    backbones: { type: 'string', default: 'backbones' },
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '10' },
    write: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const rounds = Number(values.rounds);

// By the runner's own way of bundling stages: WebAssembly and threads of the engine are found.
const bundles = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-code-'));
process.once('exit', () => fs.rmSync(bundles, { recursive: true, force: true }));
const bundler = path.join(bundles, 'bundler.mjs');
const common = { bundle: true, platform: /** @type {const} */ ('node'), format: /** @type {const} */ ('esm') };
await esbuild.build({
  ...common,
  entryPoints: [path.join(ROOT, 'src/code/bundle.ts')],
  outfile: bundler,
  external: ['esbuild'],
  logLevel: 'error',
});
/** @type {typeof import('../../src/code/bundle.ts')} */
const { bundle: bundleStage, nothingReached } = await import(bundler);
const program = await bundleStage(
  { esbuild, site: { root: ROOT, packageRoot: ROOT }, folder: bundles, reached: nothingReached() },
  path.join(HERE, 'ours.ts'),
);

/** @typedef {{ images: number, wallMs: number, cpuMs: number, by: string }} Answer */

/** A process that answers each line with one of JSON. @param {string[]} command @param {number} threads */
function start([file = '', ...rest], threads) {
  const env = { ...process.env, OMP_NUM_THREADS: String(threads) };
  const child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'inherit'], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /** @returns {Promise<Answer>} */
    async step() {
      child.stdin.write('\n');
      const { value, done } = await lines.next();
      if (done) throw new Error(`${file} ${rest.join(' ')} ended`);
      return JSON.parse(value);
    },
    stop: () => child.kill(),
  };
}

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
/** @param {Answer[]} answers */
const speed = (answers) => median(answers.map(({ images, wallMs }) => (images / wallMs) * 1000)).toFixed(1);

const lines = [
  '| backbone | threads | ours | images/s | PyTorch, images/s | channels | ratio, wall | ratio, processor time | demanded | load |',
  '|---|---|---|---|---|---|---|---|---|---|',
];
for (const name of positionals.length > 0 ? positionals : NAMES) {
  for (const threads of [1, 2]) {
    const folder = path.resolve(values.backbones, name);
    const peer = path.join(HERE, 'peer.py');
    const runs = {
      onnxruntime: start([process.execPath, program, 'onnxruntime', folder, SIDE, String(threads)], threads),
      engine: start([process.execPath, program, 'engine', folder, SIDE, String(threads)], threads),
      first: start([values.python, peer, name, 'first', SIDE, String(threads)], threads),
      last: start([values.python, peer, name, 'last', SIDE, String(threads)], threads),
    };
    /** @type {Record<keyof typeof runs, Answer[]>} */
    const answers = { onnxruntime: [], engine: [], first: [], last: [] };
    const who = /** @type {(keyof typeof runs)[]} */ (Object.keys(runs));
    for (const each of who) await runs[each].step();
    for (let round = 0; round < rounds; round++) for (const each of who) answers[each].push(await runs[each].step());
    for (const each of who) runs[each].stop();
    // PyTorch's better layout is its figure.
    const better = Number(speed(answers.first)) > Number(speed(answers.last)) ? 'first' : 'last';
    for (const ours of /** @type {const} */ (['onnxruntime', 'engine'])) {
      /** @param {'wallMs' | 'cpuMs'} what */
      const ratio = (what) =>
        median(answers[ours].map((each, i) => (answers[better][i]?.[what] ?? 0) / each[what])).toFixed(2);
      const cells = [
        name,
        threads,
        answers[ours][0]?.by,
        speed(answers[ours]),
        speed(answers[better]),
        better,
        ratio('wallMs'),
        ratio('cpuMs'),
        DEMANDED[ours].toFixed(1),
        os.loadavg()[0]?.toFixed(1),
      ];
      lines.push(`| ${cells.join(' | ')} |`);
      process.stdout.write(`${lines.at(-1)}\n`);
    }
  }
}
if (values.write) {
  const about = [
    '# Frozen backbones: how fast',
    '',
    'Written by `node bench/backbones/compare.mjs --write`. Features of batches of 8 images of 224 x 224, by the weights that `pipe backbone add`',
    'puts into a project, beside the same networks in PyTorch (eager, inference mode, random weights) in the better of its two layouts.',
    `Ratios are PyTorch's time divided by ours, so more is better: medians of the ratios of ${rounds} neighbouring batches. Load is the mean number`,
    'of processes that wanted a processor in the last minute; where it is far above the number of processors, the ratio of processor time says',
    'more than that of wall time, and with two threads neither says much: threads that wait for one another turn a busy machine into a stopped one, and',
    'those of PyTorch spin meanwhile.',
    '',
    `- machine: ${os.cpus().length} x ${os.cpus()[0]?.model}, node ${process.versions.node}`,
    '',
  ];
  fs.writeFileSync(path.join(HERE, 'RESULTS.md'), `${[...about, ...lines].join('\n')}\n`);
}
