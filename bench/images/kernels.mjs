/**
 * Single operations on pixels in memory beside OpenCV: `node bench/images/kernels.mjs --python PYTHON`.
 *
 * One thread each; the time of one call is the least of many, so that other programs on the machine count little. Ours give back a new
 * image, as the stages use them, and so do OpenCV's.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const HERE = import.meta.dirname;
const IMAGES = path.join(path.dirname(path.dirname(HERE)), 'stages/lib/image');

const args = process.argv.slice(2);
const python = args.includes('--python') ? (args[args.indexOf('--python') + 1] ?? 'python3') : 'python3';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-kernels-'));
try {
  const bundle = path.join(folder, 'kernels.mjs');
  await build({
    entryPoints: [path.join(HERE, 'kernels.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // The module of the kernels lies there.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(path.join(IMAGES, 'kernels.ts')).href) },
    logLevel: 'error',
  });
  /** @param {string} program @param {string} script @returns {Record<string, number>} */
  const measure = (program, script) => JSON.parse(execFileSync(program, [script], { encoding: 'utf8' }));
  const [ours, peer] = [measure(process.execPath, bundle), measure(python, path.join(HERE, 'kernels.py'))];
  process.stdout.write('| operation | ours, ms | OpenCV, ms | ratio |\n|---|---|---|---|\n');
  for (const [name, ms] of Object.entries(ours)) {
    const other = peer[name];
    const ratio = other === undefined ? '' : (other / ms).toFixed(2);
    process.stdout.write(`| ${name} | ${ms.toFixed(3)} | ${other?.toFixed(3) ?? ''} | ${ratio} |\n`);
  }
} finally {
  fs.rmSync(folder, { recursive: true });
}
