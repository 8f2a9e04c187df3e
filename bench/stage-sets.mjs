/**
 * The same set of trivial stages, each a `cp`, written for every tool: in a row (`linear`) or all from one file (`wide`).
 *
 * Every tool gets a project of its own, so that none meets what another left behind.
 */
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ENVIRONMENT } from './tools.mjs';

const CONTENT = 'one line of input\n';

/** @typedef {{ name: string, from: string, to: string }} Copy */

/** @returns {Copy[]} */
export function copies(shape, count) {
  return Array.from({ length: count }, (_, index) => ({
    name: `s${index}`,
    from: shape === 'wide' || index === 0 ? 'in' : `out_${index - 1}`,
    to: `out_${index}`,
  }));
}

/** @param {Copy[]} stages */
export function writeOurs(folder, stages) {
  write(folder, { in: CONTENT, 'pipeline.yaml': `version: 1\nstages:\n${stages.map(asYaml).join('')}` });
}

/** @param {Copy[]} stages */
export function writeNinja(folder, stages) {
  const builds = stages.map(({ from, to }) => `build ${to}: copy ${from}\n`).join('');
  write(folder, { in: CONTENT, 'build.ninja': `rule copy\n  command = cp $in $out\n${builds}` });
}

/** @param {Copy[]} stages */
export function writeMake(folder, stages) {
  const rules = stages.map(({ from, to }) => `${to}: ${from}\n\tcp ${from} ${to}\n`).join('');
  write(folder, { in: CONTENT, Makefile: `all: ${stages.map(({ to }) => to).join(' ')}\n${rules}` });
}

/** One rule for each stage, as a pipeline of different stages has. @param {Copy[]} stages */
export function writeSnakemake(folder, stages) {
  const all = `rule all:\n    input: ${stages.map(({ to }) => JSON.stringify(to)).join(', ')}\n`;
  const rules = stages.map(
    ({ name, from, to }) =>
      `rule ${name}:\n    input: "${from}"\n    output: "${to}"\n    shell: "cp {input} {output}"\n`,
  );
  write(folder, { in: CONTENT, Snakefile: [all, ...rules].join('\n') });
}

/**
 * @param {Copy[]} stages
 * @param {boolean} isDone  leave what a finished `dvc repro` leaves: running 1,000 stages takes DVC many minutes
 */
export function writeDvc(folder, stages, isDone) {
  startDvc(folder);
  write(folder, { in: CONTENT, 'dvc.yaml': `stages:\n${stages.map(asYaml).join('')}` });
  if (!isDone) return;
  const md5 = crypto.createHash('md5').update(CONTENT).digest('hex');
  const entry = (place) => `    - path: ${place}\n      hash: md5\n      md5: ${md5}\n      size: ${CONTENT.length}\n`;
  const locked = stages.map(
    ({ name, from, to }) => `  ${name}:\n    cmd: cp ${from} ${to}\n    deps:\n${entry(from)}    outs:\n${entry(to)}`,
  );
  write(folder, {
    'dvc.lock': `schema: '2.0'\nstages:\n${locked.join('')}`,
    [`.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`]: CONTENT,
    ...Object.fromEntries(stages.map(({ to }) => [to, CONTENT])),
  });
}

/** A DVC project without git, that keeps all its state within the folder and links as we do. */
export function startDvc(folder) {
  mkdirSync(folder, { recursive: true });
  spawnSync(process.env.DVC_BIN ?? 'dvc', ['init', '--no-scm', '--quiet'], { cwd: folder, env: ENVIRONMENT });
  const site = path.join(folder, '.dvc/site');
  const core = `[core]\n    no_scm = true\n    analytics = false\n    check_update = false\n    site_cache_dir = ${site}\n`;
  write(folder, { '.dvc/config': `${core}[cache]\n    type = "reflink,hardlink,copy"\n` });
}

/** @param {Copy} stage */
function asYaml({ name, from, to }) {
  return `  ${name}:\n    cmd: cp ${from} ${to}\n    deps: [${from}]\n    outs: [${to}]\n`;
}

function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
