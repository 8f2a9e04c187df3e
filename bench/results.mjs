/**
 * What was measured, kept as data in `results.json` and shown in `RESULTS.md`.
 *
 * A single case can be measured anew: the others stay as they were, each with its own date. Figures of another machine are
 * dropped, because they do not belong beside these.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CASES } from './cases.mjs';
import { allVersions, machine } from './tools.mjs';

const DATA = path.join(import.meta.dirname, 'results.json');
const PAGE = path.join(import.meta.dirname, 'RESULTS.md');

/** @typedef {{ date: string, load: [number, number], seconds: number, fileSystem: string, rows: import('./rows.mjs').Row[], notes: string[] }} CaseResult */

/** @param {string} name @param {CaseResult} result */
export function keep(name, result) {
  const here = machine();
  const before = existsSync(DATA) ? JSON.parse(readFileSync(DATA, 'utf8')) : null;
  const cases = JSON.stringify(before?.machine) === JSON.stringify(here) ? before.cases : {};
  const all = { machine: here, versions: allVersions(), cases: { ...cases, [name]: result } };
  writeFileSync(DATA, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(PAGE, renderPage(all));
}

/** @param {import('./rows.mjs').Row} row */
export function renderRow(row) {
  const show = row.measured === 'peak memory' ? inMebibytes : inSeconds;
  const theirs = row.theirs === null ? 'not installed' : `${row.exceeded ? 'over ' : ''}${show(row.theirs)}`;
  const cells = [row.what, row.measured, show(row.ours), row.peer, theirs, ratioOf(row), demandOf(row), verdictOf(row)];
  return `| ${cells.join(' | ')} |`;
}

function renderPage({ machine: on, versions, cases }) {
  const names = Object.keys(CASES).filter((name) => cases[name] !== undefined);
  const told = Object.entries(versions).map(([name, version]) => `${name} ${version ?? '(not installed)'}`);
  return `# How fast

Written by \`npm run bench\`; \`npm run bench -- CASE…\` measures some cases anew. Ratios are ours divided by the peer's, so less
is better. Both sides ran in turn on the same machine (A B A B); figures are medians. CPU is user plus system time of a
command and all it started. NODE_EXTRA_CA_CERTS was unset for everything measured: with it, every start of Node reads a list of
certificates. Files were in the page cache. "Over" marks a peer that was ended at a time limit.

- machine: ${on.processor}, ${on.memory}, ${on.system}
- versions: ${told.join(', ')}

| case | measured | ours | peer | peer's | ratio | demanded | met |
|---|---|---|---|---|---|---|---|
${names.flatMap((name) => cases[name].rows.map(renderRow)).join('\n')}

Load is the mean number of processes that wanted a processor in the last minute, before and after.

| case | date | load | took | file system |
|---|---|---|---|---|
${names.map((name) => renderCircumstances(name, cases[name])).join('\n')}
${names.flatMap((name) => cases[name].notes.map((note) => `\n- ${name}: ${note}`)).join('')}
`;
}

function renderCircumstances(name, { date, load, seconds, fileSystem }) {
  return `| ${name} | ${date} | ${load.map((each) => each.toFixed(1)).join(' → ')} | ${Math.round(seconds)} s | ${fileSystem} |`;
}

function ratioOf({ ours, theirs, exceeded }) {
  return theirs === null ? '-' : `${exceeded ? 'under ' : ''}${rounded(ours / theirs)}`;
}

function demandOf({ limit }) {
  return limit === null ? '-' : `at most ${rounded(limit)}`;
}

function verdictOf({ ours, theirs, limit }) {
  if (theirs === null || limit === null) return '-';
  return ours / theirs <= limit ? 'yes' : '**no**';
}

function rounded(ratio) {
  return ratio < 0.1 ? ratio.toPrecision(2) : ratio.toFixed(2);
}

function inSeconds(seconds) {
  if (seconds < 1) return `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  return `${seconds.toFixed(seconds < 100 ? 2 : 0)} s`;
}

function inMebibytes(bytes) {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
