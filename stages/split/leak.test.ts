/** Whatever the order of the stages and whoever belongs to whom: nothing is learned from that is measured on. */
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sample } from '../../src/generated/sample.ts';
import type { JsonObject, StageRun } from '../../src/sdk/index.ts';
import augment from '../augment/index.ts';
import filter from '../filter/index.ts';
import grayscale from '../grayscale/index.ts';
import ingest from '../ingest/index.ts';
import { trainsWithout, validatesIn } from '../lib/dataset/folds.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { writeImages } from '../lib/sample-images.ts';
import { openWorkbench, type Workbench } from '../lib/testing.ts';
import transform from '../transform/index.ts';
import split from './index.ts';

let bench: Workbench;
beforeAll(() => {
  bench = openWorkbench();
});
afterAll(() => bench.remove());

type Step = { readonly name: string; readonly run: StageRun<never>; readonly params: JsonObject };

const STEPS: readonly Step[] = [
  { name: 'augment', run: augment as StageRun<never>, params: { copies: 2, flip: ['horizontal'], rotate: 10 } },
  { name: 'grayscale', run: grayscale as StageRun<never>, params: {} },
  { name: 'transform', run: transform as StageRun<never>, params: { resize: { width: 6, height: 6 } } },
  { name: 'filter', run: filter as StageRun<never>, params: { dimensions: 'modal', unreadable: 'drop' } },
];

/** Images that share `value` have equal pixels; those that share `group` show one thing. */
const images = fc.array(fc.record({ value: fc.nat(14), group: fc.nat(9), isBad: fc.boolean() }), {
  minLength: 12,
  maxLength: 20,
});
const orders = fc
  .shuffledSubarray([0, 1, 2, 3], { minLength: 1 })
  .chain((order) => fc.record({ order: fc.constant(order), at: fc.nat(order.length) }));
const divisions = fc.record({
  folds: fc.constantFrom(null, 2, 3),
  seed: fc.nat(99),
  test: fc.constantFrom(0, 0.2),
  stratify: fc.boolean(),
});

test('no family, group or duplicate is on two sides of a split or of any fold, and only originals are measured on', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(images, orders, divisions, async (made, { order, at }, { test: share, ...division }) => {
      const folder = `source-${runs++}`;
      const source = await writeImages(
        path.join(bench.root, folder),
        made.map(({ value, isBad }, i) => ({ file: `${isBad ? 'bad' : 'ok'}/${i}.png`, value })),
      );
      const rows = made.map(({ isBad, group }, i) => {
        const label = isBad ? 'bad' : 'ok';
        return `${label}/${i}.png,${label},${group < 3 ? `g${group}` : `alone ${i}`}`;
      });
      const csv = path.join(bench.root, `${folder}.csv`);
      fs.writeFileSync(csv, `file,label,group\n${rows.join('\n')}\n`);
      const labels = { source: folder, labels: 'csv', csv: `${folder}.csv`, groups: 'table' };
      const read = await bench.run('ingest', ingest, labels, { source, csv });
      let dataset = path.join(read.folder, 'dataset');
      const parting = { ...division, train: 0.8 - share, validation: 0.2, test: share };
      const chain = order.map((place) => STEPS[place] as Step);
      chain.splice(at, 0, { name: 'split', run: split as StageRun<never>, params: parting });
      try {
        for (const { name, run, params } of chain)
          dataset = path.join((await bench.run(name, run, params, { dataset })).folder, 'dataset');
      } catch (error) {
        // Three folds of fewer than three families: refused, which leaks nothing.
        if ((error as { code?: string }).code === 'E0807') return;
        throw error;
      }
      for (const [learned, measured] of sidesOf(openDataset(dataset).samples, division.folds)) {
        for (const sample of measured) expect(sample.family).toBe(sample.id);
        for (const share of sharesOf(measured)) expect(sharesOf(learned)).not.toContain(share);
      }
    }),
    { numRuns: 25 },
  );
}, 60_000);

/** What is learned from, beside what is measured on then or at last. */
function sidesOf(samples: readonly Sample[], folds: number | null): [Sample[], Sample[]][] {
  const test = samples.filter((sample) => sample.split === 'test');
  if (folds === null) {
    const validation = samples.filter((sample) => sample.split === 'validation');
    return [
      [samples.filter((sample) => sample.split === 'train'), [...validation, ...test]],
      [[...validation], test],
    ];
  }
  return Array.from({ length: folds }, (_, fold) => [
    samples.filter((sample) => trainsWithout(fold, sample)),
    [...samples.filter((sample) => validatesIn(fold, sample)), ...test],
  ]);
}

/** What two samples of one origin have in common. */
function sharesOf(samples: readonly Sample[]): string[] {
  return [
    ...new Set(
      samples.flatMap(({ family, group, content }) => [`family ${family}`, `group ${group}`, `content ${content}`]),
    ),
  ];
}
