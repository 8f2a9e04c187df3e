/** The first run of many trivial commands: what a tool adds to each of them. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { alternate } from '../measure.mjs';
import { ifInstalled, timeRow } from '../rows.mjs';
import { copies, writeDvc, writeNinja, writeOurs } from '../stage-sets.mjs';
import { peer, pipe } from '../tools.mjs';

const COUNT = 1000;
const LIMIT_S = 300;

export function firstRun(work, note) {
  const stages = copies('wide', COUNT);
  const [ours, ninja, dvc] = ['ours', 'ninja', 'dvc'].map((name) => path.join(work, name));
  writeOurs(ours, stages);
  const figures = alternate(
    {
      ours: { line: pipe(ours, 'run', '--jobs', '2'), before: () => forget(ours, ['cache', 'pipeline.lock']) },
      ninja: ifInstalled('ninja', () => {
        writeNinja(ninja, stages);
        return { line: peer('ninja', ninja, '-j', '2'), before: () => forget(ninja, ['.ninja_log', '.ninja_deps']) };
      }),
      DVC: ifInstalled('DVC', () => {
        writeDvc(dvc, stages, false);
        return { line: peer('DVC', dvc, 'repro'), rounds: 1, limitS: LIMIT_S };
      }),
    },
    5,
  );
  if (figures.DVC?.exceeded)
    note(`DVC was ended after ${LIMIT_S} s; ${made(dvc)} of ${COUNT} stages were done by then`);
  const what = 'first run of 1,000 `cp` stages, 2 jobs';
  return [
    timeRow(what, 'wall', figures.ours, 'ninja', figures.ninja, 4),
    timeRow(what, 'CPU', figures.ours, 'ninja', figures.ninja),
    timeRow(what, 'wall', figures.ours, 'DVC', figures.DVC),
  ];
}

function forget(folder, names) {
  const outputs = readdirSync(folder).filter((name) => name.startsWith('out_'));
  for (const name of [...names, ...outputs]) rmSync(path.join(folder, name), { recursive: true, force: true });
}

function made(folder) {
  return readdirSync(folder).filter((name) => name.startsWith('out_')).length;
}
