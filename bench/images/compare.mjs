/**
 * Images beside Pillow and OpenCV: `node bench/images/compare.mjs --python PYTHON [CASE…] [--rounds N] [--write]`.
 *
 * Ours and the peer run in turn, each in a process of its own; figures are medians, ratios the median of the ratios of each round.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';

const HERE = import.meta.dirname;
const ROOT = path.dirname(path.dirname(HERE));

/** @type {readonly { name: string, ours: string, peer: string, text: string, demanded: number }[]} */
const CASES = [
  {
    name: 'ingest',
    ours: 'ingest',
    peer: 'ingest',
    text: 'ingest of JPEGs 300x300 | Pillow decode, 2 processes',
    demanded: 1.5,
  },
  {
    name: 'pillow-64',
    ours: 'resize-64',
    peer: 'pillow-64',
    text: 'JPEG 300x300 to 64x64 | Pillow draft, 2 threads',
    demanded: 1,
  },
  {
    name: 'opencv-64',
    ours: 'resize-64',
    peer: 'opencv-64',
    text: 'JPEG 300x300 to 64x64 | OpenCV reduced, 2 threads',
    demanded: 1,
  },
  {
    name: 'pillow-224',
    ours: 'resize-224',
    peer: 'pillow-224',
    text: 'JPEG 300x300 to 224x224 | Pillow draft, 2 threads',
    demanded: 2,
  },
  {
    name: 'opencv-224',
    ours: 'resize-224',
    peer: 'opencv-224',
    text: 'JPEG 300x300 to 224x224 | OpenCV, 2 threads',
    demanded: 2,
  },
  {
    name: 'clahe',
    ours: 'clahe',
    peer: 'clahe',
    text: 'JPEG 1024x1024 to 224 grey, CLAHE | OpenCV, 2 processes',
    demanded: 1,
  },
  {
    name: 'augment',
    ours: 'augment',
    peer: 'augment',
    text: 'eight copies of 64x64 | OpenCV, 2 processes',
    demanded: 1,
  },
];

const args = process.argv.slice(2);
/** @param {string} name */
const option = (name) => (args.includes(name) ? args.splice(args.indexOf(name), 2)[1] : undefined);
const python = option('--python') ?? 'python3';
const rounds = Number(option('--rounds') ?? 3);
const write = args.includes('--write');
const wanted = args.filter((each) => !each.startsWith('--'));

const work = path.join(os.tmpdir(), 'bench-images');
if (!fs.existsSync(path.join(work, 'large'))) {
  fs.mkdirSync(work, { recursive: true });
  execFileSync(python, [path.join(HERE, 'peers.py'), 'make', work]);
}
// By the runner's own way of bundling stages: threads get bundles of their own, and WebAssembly is found.
const bundles = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-code-'));
const bundler = path.join(bundles, 'bundler.mjs');
await esbuild.build({
  entryPoints: [path.join(ROOT, 'src/code/bundle.ts')],
  outfile: bundler,
  bundle: true,
  platform: 'node',
  format: 'esm',
  external: ['esbuild'],
  logLevel: 'error',
});
/** @type {typeof import('../../src/code/bundle.ts')} */
const { bundle: bundleStage, nothingReached } = await import(bundler);
const bundle = await bundleStage(
  { esbuild, site: { root: ROOT, packageRoot: ROOT }, folder: bundles, reached: nothingReached() },
  path.join(HERE, 'ours.ts'),
);

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-scratch-'));
const env = { ...process.env, TMPDIR: scratch };

/** @typedef {{ images: number, wallMs: number, cpuMs: number, peakMiB?: number }} Measured */
/** @param {string[]} command @returns {Measured} */
const measure = ([program = '', ...rest]) => JSON.parse(execFileSync(program, rest, { encoding: 'utf8', env }).trim());
/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const lines = [
  '| case | peer | ours, images/s | peer, images/s | ratio, wall | ratio, processor time | demanded | load |',
  '|---|---|---|---|---|---|---|---|',
];
try {
  for (const { name, ours, peer, text, demanded } of CASES) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const pairs = Array.from({ length: rounds }, () => ({
      ours: measure([process.execPath, bundle, ours, work]),
      peer: measure([python, path.join(HERE, 'peers.py'), peer, work]),
    }));
    /** @param {'ours' | 'peer'} who */
    const speed = (who) => median(pairs.map((pair) => (pair[who].images / pair[who].wallMs) * 1000)).toFixed(0);
    const wall = median(pairs.map((pair) => pair.peer.wallMs / pair.ours.wallMs)).toFixed(2);
    const cpu = median(pairs.map((pair) => pair.peer.cpuMs / pair.ours.cpuMs)).toFixed(2);
    const load = os.loadavg()[0]?.toFixed(1);
    lines.push(
      `| ${text} | ${speed('ours')} | ${speed('peer')} | ${wall} | ${cpu} | ${demanded.toFixed(1)} | ${load} |`,
    );
    process.stdout.write(
      `${lines.at(-1)}  peak ${median(pairs.map((pair) => pair.ours.peakMiB ?? 0)).toFixed(0)} MiB\n`,
    );
  }
  if (wanted.length === 0 || wanted.includes('memory')) {
    const [few = 0, many = 0] = [250, 2000].map((count) => {
      const { peakMiB = 0 } = measure([process.execPath, bundle, `memory-${count}`, work]);
      return Math.round(peakMiB);
    });
    const size = (/** @type {number} */ count) => Math.round((count * 224 * 224 * 3) / 2 ** 20);
    lines.push(
      '',
      `Peak of memory, ingest and transform to 224 x 224: ${few} MiB for 250 images (${size(250)} MiB of pixels), ${many} MiB for 2,000 (${size(2000)} MiB).`,
    );
    process.stdout.write(`${lines.at(-1)}\n`);
  }
} finally {
  fs.rmSync(bundles, { recursive: true });
  // Not in between: just after many files are removed, a file system may take several times as long to make new ones.
  fs.rmSync(scratch, { recursive: true });
}
if (write) {
  const about = [
    '# Images: how fast',
    '',
    "Written by `node bench/images/compare.mjs --write`. Ratios are the peer's time divided by ours, so more is better; each is the median of the",
    `ratios of ${rounds} rounds, in which ours and the peer ran in turn. Load is the mean number of processes that wanted a processor in the last`,
    'minute; where it is far above the number of processors, the ratio of processor time says more than that of wall time.',
    '',
    `- machine: ${os.cpus().length} x ${os.cpus()[0]?.model}, node ${process.versions.node}`,
    '',
  ];
  fs.writeFileSync(path.join(HERE, 'RESULTS.md'), `${[...about, ...lines].join('\n')}\n`);
}
