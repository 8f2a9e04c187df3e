/** A folder of 1,000,000 entries as an input: memory must not grow with what is looked at. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { peakMemory, setUp } from '../measure.mjs';
import { pipe } from '../tools.mjs';
import { writeFilesIn } from './small-files.mjs';

const FOLDERS = 1000;
const FILES_EACH = 1000;
const LIMIT_BYTES = 2 ** 30;

export function memory(work) {
  mkdirSync(work, { recursive: true });
  writeFilesIn(path.join(work, 'data'), FOLDERS, FILES_EACH);
  const pipeline =
    'version: 1\nstages:\n  list:\n    cmd: echo done > done.txt\n    deps: [data]\n    outs: [done.txt]\n';
  writeFileSync(path.join(work, 'pipeline.yaml'), pipeline);
  const line = pipe(work, 'run');
  const first = peakMemory(line);
  setUp({ line }, 2);
  const unchanged = peakMemory(line);
  writeFileSync(path.join(work, 'data/500/500.txt'), 'edited\n');
  const edited = peakMemory(line);
  return [row('first', first), row('nothing changed', unchanged), row('one changed', edited)];
}

function row(what, ours) {
  return {
    what: `1,000,000 entries as an input, ${what}`,
    measured: 'peak memory',
    ours,
    peer: 'the limit',
    theirs: LIMIT_BYTES,
    exceeded: false,
    limit: 1,
  };
}
