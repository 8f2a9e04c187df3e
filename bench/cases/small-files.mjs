/** A folder of 100,000 small files, as the input of a stage and as its output. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { alternate, setUp } from '../measure.mjs';
import { ifInstalled, timeRow } from '../rows.mjs';
import { startDvc } from '../stage-sets.mjs';
import { peer, pipe } from '../tools.mjs';

const FOLDERS = 100;
const FILES_EACH = 1000;
const LIMIT_S = 400;
const FIVE_TIMES_FASTER = 1 / 5;

const LISTED = 'stages:\n  list:\n    cmd: echo done > done.txt\n    deps: [data]\n    outs: [done.txt]\n';
const COPIED = 'stages:\n  copy:\n    cmd: cp -r data copy\n    deps: [data]\n    outs: [copy]\n';

export function smallFiles(work) {
  const [ours, dvc] = ['ours', 'dvc'].map((name) => path.join(work, name));
  writeFilesIn(path.join(ours, 'data'), FOLDERS, FILES_EACH);
  writeFileSync(path.join(ours, 'pipeline.yaml'), LISTED);
  const run = pipe(ours, 'run');
  const repro = ifInstalled('DVC', () => {
    startDvc(dvc);
    writeFilesIn(path.join(dvc, 'data'), FOLDERS, FILES_EACH);
    writeFileSync(path.join(dvc, 'dvc.yaml'), LISTED);
    return peer('DVC', dvc, 'repro');
  });
  /** DVC's command, `rounds` times at most. */
  const dvcs = (rounds, before = () => {}) => repro && { line: repro, rounds, limitS: LIMIT_S, before };

  const first = alternate({ ours: { line: run, before: () => forget(ours) }, DVC: dvcs(1) }, 3);
  setUp({ line: run }, 2);
  const list = ifInstalled('find', () => ({ line: peer('find', ours, 'data', '-printf', '%p %s %T@ %C@ %i\\n') }));
  const unchanged = alternate({ find: list, ours: { line: run }, DVC: dvcs(2) }, 11);
  const edited = alternate({ ours: { line: run, before: () => editOne(ours) }, DVC: dvcs(1, () => editOne(dvc)) }, 5);
  const restored = alternate(restoring(ours, repro === null ? null : dvc), 3);
  return [
    timeRow('100,000 small files, first', 'wall', first.ours, 'DVC', first.DVC, FIVE_TIMES_FASTER),
    timeRow('100,000 small files, nothing changed', 'wall', unchanged.ours, 'find -printf', unchanged.find, 1.5),
    timeRow('100,000 small files, nothing changed', 'wall', unchanged.ours, 'DVC', unchanged.DVC, FIVE_TIMES_FASTER),
    timeRow('100,000 small files, one changed', 'wall', edited.ours, 'ours, nothing changed', unchanged.ours, 2),
    timeRow('100,000 small files, one changed', 'wall', edited.ours, 'DVC', edited.DVC, FIVE_TIMES_FASTER),
    timeRow('100,000 small files, restored', 'wall', restored.ours, 'DVC', restored.DVC, FIVE_TIMES_FASTER),
  ];
}

/** The same files as a stage's output, which is deleted before each run. */
function restoring(ours, dvc) {
  const without = (folder) => () => rmSync(path.join(folder, 'copy'), { recursive: true, force: true });
  forget(ours);
  writeFileSync(path.join(ours, 'pipeline.yaml'), COPIED);
  const run = pipe(ours, 'run');
  setUp({ line: run });
  if (dvc === null) return { ours: { line: run, before: without(ours) }, DVC: null };
  writeFileSync(path.join(dvc, 'dvc.yaml'), COPIED);
  const repro = { line: peer('DVC', dvc, 'repro'), limitS: LIMIT_S };
  const isSetUp = setUp({ ...repro, limitS: 2 * LIMIT_S });
  return {
    ours: { line: run, before: without(ours) },
    DVC: isSetUp ? { ...repro, rounds: 1, before: without(dvc) } : null,
  };
}

function forget(folder) {
  for (const name of ['cache', 'pipeline.lock', 'done.txt', 'copy']) {
    rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

let edits = 0;

/** A content that no run has met: a known one would be answered from the cache. */
function editOne(folder) {
  edits += 1;
  writeFileSync(path.join(folder, 'data/50/500.txt'), `edit ${edits} of one file\n`);
}

/** Files whose contents all differ. */
export function writeFilesIn(folder, folders, filesEach) {
  for (let outer = 0; outer < folders; outer += 1) {
    const inner = path.join(folder, String(outer));
    mkdirSync(inner, { recursive: true });
    for (let each = 0; each < filesEach; each += 1) {
      writeFileSync(path.join(inner, `${each}.txt`), `file ${each} of folder ${outer}\n`.repeat(5));
    }
  }
}
