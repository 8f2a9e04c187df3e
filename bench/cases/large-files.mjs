/** Files of 2 GiB read for the first time: how near reading comes to what the processor can digest. */
import crypto from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { alternate } from '../measure.mjs';
import { ifInstalled, timeRow } from '../rows.mjs';
import { inFolder, peer, pipe } from '../tools.mjs';

const SIZE_GIB = 2;
const BLOCK_BYTES = 2 ** 24;
const NINE_TENTHS_OF_THE_RATE = 1 / 0.9;

export function largeFiles(work) {
  const names = ['first.bin', 'second.bin'];
  const data = path.join(work, 'data');
  mkdirSync(data, { recursive: true });
  for (const name of names) writeLarge(path.join(data, name), SIZE_GIB);
  const one = alternate({ openssl: digest(work, names.slice(0, 1)), ours: firstRun(work, names.slice(0, 1)) }, 5);
  const two = alternate({ openssl: digest(work, names), ours: firstRun(work, names) }, 5);
  return [
    timeRow('a 2 GiB file, first', 'wall', one.ours, 'openssl dgst -sha256', one.openssl, NINE_TENTHS_OF_THE_RATE),
    timeRow('two 2 GiB files, first', 'wall', two.ours, 'two openssl at once', two.openssl, NINE_TENTHS_OF_THE_RATE),
  ];
}

function digest(work, names) {
  return ifInstalled('openssl', () => {
    const each = names.map((name) => `${peer('openssl', path.join(work, 'data'), 'dgst', '-sha256', name)} &`);
    return { line: inFolder(work, 'sh', '-c', `${each.join(' ')} wait`) };
  });
}

function firstRun(folder, names) {
  const deps = names.map((name) => `data/${name}`).join(', ');
  const text = `version: 1\nstages:\n  read:\n    cmd: echo done > done.txt\n    deps: [${deps}]\n    outs: [done.txt]\n`;
  return {
    line: pipe(folder, 'run'),
    before() {
      for (const name of ['cache', 'pipeline.lock', 'done.txt']) {
        rmSync(path.join(folder, name), { recursive: true, force: true });
      }
      writeFileSync(path.join(folder, 'pipeline.yaml'), text);
    },
  };
}

function writeLarge(file, sizeGib) {
  const block = crypto.randomBytes(BLOCK_BYTES);
  const descriptor = openSync(file, 'w');
  for (let written = 0; written < sizeGib * 2 ** 30; written += BLOCK_BYTES) writeSync(descriptor, block);
  // Else the system would still be writing while reading is measured.
  fsyncSync(descriptor);
  closeSync(descriptor);
}
