/** A pipeline in which nothing changed: what a tool costs when it has nothing to do. */
import path from 'node:path';
import { alternate, setUp } from '../measure.mjs';
import { ifInstalled, timeRow } from '../rows.mjs';
import { copies, writeDvc, writeMake, writeNinja, writeOurs, writeSnakemake } from '../stage-sets.mjs';
import { bareNode, isInstalled, peer, pipe } from '../tools.mjs';

/** Slow peers run fewer times, and are ended after so many seconds. */
const SLOW = { rounds: 3, limitS: 300 };
const SETUP_LIMIT_S = 900;

export function tenLinear(work) {
  const folder = path.join(work, 'ours');
  const { ours, node } = alternate(
    { node: { line: bareNode(work) }, ours: prepareOurs(folder, copies('linear', 10)) },
    25,
  );
  return [timeRow('nothing to do, 10 linear stages', 'CPU', ours, 'node -e 0', node, 1.4)];
}

export function thousandWide(work, note) {
  const stages = copies('wide', 1000);
  const figures = alternate(
    {
      node: { line: bareNode(work) },
      ours: prepareOurs(path.join(work, 'ours'), stages),
      ninja: prepareNinja(path.join(work, 'ninja'), stages),
      make: prepareMake(path.join(work, 'make'), stages),
      Snakemake: prepareSnakemake(path.join(work, 'snakemake'), stages, note),
      DVC: prepareDvc(path.join(work, 'dvc'), stages),
    },
    15,
  );
  const what = 'nothing to do, 1,000 wide stages';
  const beside = (name, limit = null) => timeRow(what, 'wall', figures.ours, name, figures[name], limit);
  return [
    timeRow(what, 'CPU', figures.ours, 'node -e 0', figures.node, 2.2),
    beside('ninja'),
    beside('make'),
    beside('Snakemake', 1 / 10),
    beside('DVC', 1 / 10),
  ];
}

export function tenThousandWide(work) {
  const stages = copies('wide', 10_000);
  const figures = alternate(
    {
      ninja: prepareNinja(path.join(work, 'ninja'), stages),
      ours: prepareOurs(path.join(work, 'ours'), stages),
      DVC: prepareDvc(path.join(work, 'dvc'), stages, 1),
    },
    9,
  );
  const what = 'nothing to do, 10,000 wide stages';
  return [
    timeRow(what, 'wall', figures.ours, 'ninja', figures.ninja, 10),
    timeRow(what, 'wall', figures.ours, 'DVC', figures.DVC),
  ];
}

/** Runs it, then twice more: the run after the first that changed nothing leaves behind what makes later ones fast. */
function prepareOurs(folder, stages) {
  writeOurs(folder, stages);
  const line = pipe(folder, 'run');
  setUp({ line }, 3);
  return { line };
}

function prepareNinja(folder, stages) {
  return ifInstalled('ninja', () => {
    writeNinja(folder, stages);
    const line = peer('ninja', folder);
    setUp({ line });
    return { line };
  });
}

function prepareMake(folder, stages) {
  return ifInstalled('make', () => {
    writeMake(folder, stages);
    const line = peer('make', folder);
    setUp({ line });
    return { line };
  });
}

function prepareSnakemake(folder, stages, note) {
  if (!isInstalled('Snakemake')) return null;
  writeSnakemake(folder, stages);
  const line = peer('Snakemake', folder, '--jobs', '2');
  if (setUp({ line, limitS: SETUP_LIMIT_S })) return { line, ...SLOW };
  note(`Snakemake did not finish its first run of ${stages.length} stages within ${SETUP_LIMIT_S} s`);
  return null;
}

function prepareDvc(folder, stages, rounds = SLOW.rounds) {
  return ifInstalled('DVC', () => {
    writeDvc(folder, stages, true);
    const line = peer('DVC', folder, 'repro');
    if (rounds > 1) setUp({ line, limitS: SLOW.limitS });
    return { line, ...SLOW, rounds };
  });
}
