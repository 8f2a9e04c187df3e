/**
 * The audit against a real dataset with known faults: the eight scene classes of Oliva and Torralba (2001), 2,688 photographs.
 *
 * The images are not ours to distribute. Put them into examples/scenes/data (train/ and test/), or name their folder in
 * PIPE_SCENES8; without them these tests are left out.
 */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import ingest from '../ingest/index.ts';
import { openWorkbench } from '../lib/testing.ts';
import audit from './index.ts';

const DATA = process.env.PIPE_SCENES8 ?? path.join(import.meta.dirname, '../../examples/scenes/data');

test.skipIf(!fs.existsSync(path.join(DATA, 'train')))(
  'on the eight scenes the audit finds what is known to be there, and counts near duplicates exactly',
  async () => {
    const bench = openWorkbench();
    const read = await bench.run('ingest', ingest, { source: 'data', splits: 'folders' }, { source: DATA });
    const ran = await bench.run('audit', audit, {}, { dataset: path.join(read.folder, 'dataset') });
    const lines = ran.read('findings.csv').split('\n');
    const of = (kind: string) => lines.filter((line) => line.split(',')[1] === kind).map((line) => line.split(',')[2]);

    expect(ran.json('audit.json')).toMatchObject({ images: 2688, grayCoded: 1 });
    expect(ran.read('dimensions.csv')).toBe('width,height,channels,count\n256,256,3,2688\n');
    expect(of('duplicate-with-another-label')).toEqual(['train/inside_city/urb992.jpg;train/tallbuilding/urb992.jpg']);
    expect(of('duplicate')).toEqual(['train/mountain/sclos4.jpg;train/mountain/sharp59.jpg']);
    expect(of('duplicate-across-splits')).toEqual([]);
    expect(of('near-duplicate-across-splits').sort()).toEqual([
      'test/Opencountry/land534.jpg;train/Opencountry/fie37.jpg',
      'test/mountain/land787.jpg;train/mountain/land763.jpg',
    ]);
    // All pairs up to 10 bits as they stand, equal pixels aside: 23 - 2. And one beach that was put in twice, once mirrored.
    const all = lines.filter((line) => line.split(',')[1]?.startsWith('near-duplicate'));
    const near = all.filter((line) => !line.includes('mirrored'));
    expect(near.length).toBe(21);
    expect(all.filter((line) => line.includes('mirrored')).map((line) => line.split(',')[2])).toEqual([
      'train/coast/n203004.jpg;train/coast/n203030.jpg',
    ]);
    const upTo = (bits: number) =>
      near.filter((line) => Number(/,(\d+),[^,]*(?:,[^,]*)*$/.exec(line)?.[1]) <= bits).length;
    expect([2, 4, 6, 8].map(upTo)).toEqual([2, 6, 9, 13]);
    bench.remove();
  },
  600_000,
);
