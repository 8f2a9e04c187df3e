/** A training that is killed without a word, as an out-of-memory killer or a power cut would, and asked for again. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { familyOf, killAll } from '../support/processes.ts';
import { ended, REPOSITORY, type TestProject, testProject, until } from '../support/project.ts';

const pipeline = (threads: number) => `
stages:
  ingest: { uses: ingest, with: { source: data, labels: folders } }
  filter: { uses: filter, from: ingest, with: { dimensions: modal, layout: pixels } }
  split: { uses: split, from: filter }
  train:
    uses: train
    from: split
    resources: { cpus: ${threads} }
    with:
      epochs: 8
      batchSize: 4
      model: { filters: 4, blocks: 3, dropout: 0.2, batchNorm: true }
      schedule: { name: one-cycle }
      augment: { flip: [horizontal], shift: 0.1 }
`;

function plates(threads: number): TestProject {
  const project = testProject({ 'pipeline.yaml': pipeline(threads) });
  for (const name of ['ok', 'defective']) {
    const from = path.join(REPOSITORY, 'examples/plates/data', name);
    fs.mkdirSync(project.path(`data/${name}`), { recursive: true });
    for (const file of fs.readdirSync(from).slice(0, 40))
      fs.copyFileSync(path.join(from, file), project.path(`data/${name}/${file}`));
  }
  return project;
}

function digestOf(project: TestProject): string {
  return createHash('sha256')
    .update(fs.readFileSync(project.path('artifacts/main/train/model/weights.bin')))
    .digest('hex');
}

test('a training killed in mid-epoch goes on from the last whole epoch to the weights of one that was not, on another number of threads', async () => {
  const whole = plates(1);
  expect(whole.json(['run', '--jobs', '2']).code).toBe(0);

  const killed = plates(2);
  const running = killed.start(['run', '--jobs', '2']);
  const checkpoint = () => {
    const folder = killed.path('cache/checkpoints');
    const keys = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
    return keys.some((key) => fs.existsSync(path.join(folder, key, 'training')));
  };
  await until('an epoch is over', checkpoint);
  killAll(familyOf(running.pid ?? 0));
  await ended(running);
  expect(killed.exists('artifacts/main/train/model/weights.bin')).toBe(false);
  expect(checkpoint()).toBe(true);

  expect(killed.json(['run', '--jobs', '2']).code).toBe(0);
  expect(digestOf(killed)).toBe(digestOf(whole));
  expect(killed.read('artifacts/main/train/history.csv')).toBe(whole.read('artifacts/main/train/history.csv'));
  expect(checkpoint()).toBe(false);
});
