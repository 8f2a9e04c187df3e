/**
 * `node bench/engine/bench.mjs [--python PYTHON] [--seconds N] [NETWORK…]`: the engine beside PyTorch, on 1 and 2 threads.
 *
 * Both run at the same time, each in its process, and do their steps in turn, so that both meet the same machine; the table
 * holds medians of the ratios of neighbouring steps. Without PyTorch only the engine is measured. TensorFlow.js on TensorFlow takes
 * part where PIPE_BACKENDS_FOLDER names a folder with tfjs-node, as `pipe backend install tensorflow` makes one. Rows are kept in
 * results.json beside this file, so that one network can be measured anew; bench/ENGINE.md shows all. `loop` in place of networks
 * measures the training loop beside bare steps.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const ROOT = path.dirname(path.dirname(import.meta.dirname));
const NETWORKS = {
  A: [32, 'training'],
  B: [128, 'training'],
  C: [32, 'training'],
  M: [8, 'forward'],
  R: [8, 'forward'],
  R50: [8, 'forward'],
  M1: [8, 'forward'],
};
const { values, positionals } = parseArgs({
  options: { python: { type: 'string', default: 'python3' }, seconds: { type: 'string', default: '20' } },
  allowPositionals: true,
});

const isLoop = positionals[0] === 'loop';
const folder = mkdtempSync(path.join(ROOT, 'node_modules/.engine-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const program = path.join(folder, 'measured.mjs');
await build({
  entryPoints: [path.join(ROOT, 'bench/engine', isLoop ? 'epoch-loop.ts' : 'measured.ts')],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'esm',
  external: ['@tensorflow/*'],
  define: { 'import.meta.url': JSON.stringify(pathToFileURL(path.join(ROOT, 'stages/lib/engine/engine.ts')).href) },
});

if (isLoop) {
  for (const threads of ['1', '2']) spawnSync(process.execPath, [program, threads, '15'], { stdio: 'inherit' });
  process.exit(0);
}

/** A process that answers each line with one of JSON. */
function start(command, args, threads) {
  const env = { ...process.env, OMP_NUM_THREADS: `${threads}` };
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], env });
  child.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    return done ? null : JSON.parse(value);
  };
  const ask = (line) => {
    child.stdin.write(`${line}\n`);
    return next();
  };
  return { next, ask };
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const RESULTS = path.join(ROOT, 'bench/engine/results.json');
const rows = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : [];
for (const name of positionals.length > 0 ? positionals : Object.keys(NETWORKS)) {
  const [batch, mode] = NETWORKS[name];
  for (const threads of [1, 2]) {
    const args = [name, `${batch}`, `${threads}`];
    const own = start(process.execPath, [program, ...args], threads);
    const ownReady = await own.next();
    const torch = start(values.python, [path.join(ROOT, 'bench/engine/torch_models.py'), ...args], threads);
    const torchReady = await torch.next();
    const node =
      process.env.PIPE_BACKENDS_FOLDER === undefined
        ? null
        : start(process.execPath, [program, ...args, 'tensorflow'], threads);
    const nodeReady = node === null ? null : await node.next();
    const nodeTimes = [];
    const nodeRatios = [];
    const [ratios, cpuRatios, ownTimes, torchTimes] = [[], [], [], []];
    // The first steps are slower on both sides: code is still being compiled, memory fetched.
    const until = performance.now() + Number(values.seconds) * 1000;
    for (let step = -3; step < 400 && (step < 5 || performance.now() < until); step++) {
      const { ms, cpuMs } = await own.ask('step');
      const other = torchReady === null ? null : await torch.ask('step');
      const third = nodeReady === null ? null : await node.ask('step');
      if (step < 0) continue;
      ownTimes.push(ms);
      if (third !== null) {
        nodeTimes.push(third.ms);
        nodeRatios.push(third.cpuMs / cpuMs);
      }
      if (other === null) continue;
      torchTimes.push(other.ms);
      ratios.push(other.ms / ms);
      cpuRatios.push(other.cpuMs / cpuMs);
    }
    const [ownEnd, torchEnd] = [await own.ask('end'), torchReady === null ? null : await torch.ask('end')];
    const nodeEnd = nodeReady === null ? null : await node.ask('end');
    const row = {
      network: name,
      batch,
      mode,
      threads,
      ownPerSecond: (batch / median(ownTimes)) * 1000,
      torchPerSecond: torchReady === null ? null : (batch / median(torchTimes)) * 1000,
      ratio: torchReady === null ? null : median(ratios),
      cpuRatio: torchReady === null ? null : median(cpuRatios),
      ownFirstMs: ownReady.ready,
      torchFirstMs: torchReady?.ready ?? null,
      ownPeakMb: ownEnd.peakMb,
      torchPeakMb: torchEnd?.peakMb ?? null,
      torch: torchReady?.version ?? null,
      nodePerSecond: nodeTimes.length === 0 ? null : (batch / median(nodeTimes)) * 1000,
      nodeCpuRatio: nodeRatios.length === 0 ? null : median(nodeRatios),
      nodePeakMb: nodeEnd?.peakMb ?? null,
      steps: ownTimes.length,
      load: os.loadavg()[0],
    };
    const at = rows.findIndex((each) => each.network === name && each.threads === threads);
    rows.splice(at < 0 ? rows.length : at, at < 0 ? 0 : 1, row);
    process.stdout.write(`${JSON.stringify(row)}\n`);
    writeTable();
  }
}

process.exit(0);

function writeTable() {
  const number = (value, digits = 0) => (value === null ? '-' : value.toFixed(digits));
  const line = (row) =>
    `| ${row.network}, batch ${row.batch}, ${row.mode} | ${row.threads} | ${number(row.ownPerSecond, 1)} | ${number(row.torchPerSecond, 1)} ` +
    `| ${number(row.ratio, 2)} | ${number(row.cpuRatio ?? null, 2)} | ${number(row.nodePerSecond ?? null, 1)} | ${number(row.nodeCpuRatio ?? null, 2)} ` +
    `| ${number(row.ownFirstMs)} / ${number(row.torchFirstMs)} | ${number(row.ownPeakMb)} / ${number(row.torchPeakMb)} / ${number(row.nodePeakMb ?? null)} | ${number(row.load, 1)} |`;
  const table = `# The engine beside PyTorch

Written by \`node bench/engine/bench.mjs\`. Images per second of single-precision training steps with Adam, or of forward passes, on one
fixed batch; both programs run at the same time and step in turn. *Ratio* is the median over neighbouring steps of PyTorch's time
divided by the engine's: above 1 the engine is faster; beside it the same of processor time, which other programs disturb less. *First step* counts from the start of the process, *peak* is the
process's, *load* the machine's in that minute: where it is above the number of cores, processor time on one thread is what tells, and with
two threads PyTorch's wait for each other by spinning, which makes its figures there worthless.

${os.cpus()[0]?.model.trim()}, ${os.cpus().length} cores; Node ${process.version}, PyTorch ${rows[0]?.torch ?? 'not measured'}.

| network | threads | engine, images/s | PyTorch, images/s | ratio | by processor time | tfjs-node, images/s | by processor time | first step, ms | peak, MB | load |
|---|---|---|---|---|---|---|---|---|---|---|
${rows.map(line).join('\n')}

Networks: A 60x30x3, two 3x3 convolutions; B 64x64x1, four 3x3 convolutions with batch normalisation; C 64x64x3, four 5x5 convolutions with
batch normalisation; at 224 x 224 M MobileNetV2, R ResNet18, R50 ResNet50, M1 MobileNetV1 (\`models.ts\`, \`torch_models.py\`).

The training loop beside bare steps: \`node bench/engine/bench.mjs loop\`. What bounds the figures below 1: docs/design/0012-engine.md.
`;
  writeFileSync(RESULTS, `${JSON.stringify(rows, null, 2)}\n`);
  writeFileSync(path.join(ROOT, 'bench/ENGINE.md'), table);
}
