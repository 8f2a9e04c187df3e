/**
 * `npm run bench -- [--work FOLDER] [CASE…]`: measures every case of the table beside its peers and writes RESULTS.md.
 *
 * Needs hyperfine and GNU time. Peers: ninja, make, snakemake, openssl, find, and DVC (DVC_BIN names its program). All data
 * lies in a new folder below FOLDER, by default the system's for temporary files, and is removed at the end.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CASES } from './cases.mjs';
import { keep, renderRow } from './results.mjs';
import { fileSystemOf, missingTools } from './tools.mjs';

const { values, positionals } = parseArgs({
  options: { work: { type: 'string', default: os.tmpdir() } },
  allowPositionals: true,
});

const missing = missingTools();
const unknown = positionals.filter((name) => CASES[name] === undefined);
if (missing.length > 0) refuse(`not installed: ${missing.join(', ')}`);
if (unknown.length > 0) refuse(`no such case: ${unknown.join(', ')} (there are ${Object.keys(CASES).join(', ')})`);

const work = mkdtempSync(path.join(values.work, 'pipe-bench-'));
process.once('exit', () => rmSync(work, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

for (const name of positionals.length === 0 ? Object.keys(CASES) : positionals) await measureCase(name);

async function measureCase(name) {
  say(`${name} …`);
  const folder = path.join(work, name);
  mkdirSync(folder);
  const notes = [];
  const loadBefore = os.loadavg()[0];
  const start = performance.now();
  const rows = await CASES[name](folder, (text) => notes.push(text));
  keep(name, {
    date: new Date().toISOString().slice(0, 10),
    load: [loadBefore, os.loadavg()[0]],
    seconds: (performance.now() - start) / 1000,
    fileSystem: fileSystemOf(folder),
    rows,
    notes,
  });
  rmSync(folder, { recursive: true });
  for (const row of rows) say(renderRow(row));
  for (const note of notes) say(note);
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function refuse(text) {
  say(`error: ${text}`);
  process.exit(2);
}
