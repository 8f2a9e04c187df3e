import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { compareCurves } from './curves.ts';
import type { Records } from './records.ts';
import type { Member } from './subject.ts';

test('of folds one after another the mean is shown; one that had ended counts with its last value', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'curves-'));
  const member = (name: string, text: string): Member => {
    fs.writeFileSync(path.join(folder, name), text);
    const action = { outputs: { 'history.csv': name } };
    return { stages: new Map([['train', { key: name, metrics: {}, action }]]) } as unknown as Member;
  };
  const records = { file: (name: string) => path.join(folder, name) } as unknown as Records;
  const plain = member('plain', 'epoch,validation.loss\n1,0.9\n2,0.8\n');
  const folds = member('folds', 'fold,epoch,validation.loss\n0,1,0.6\n0,2,0.4\n1,1,0.8\n1,2,0.6\n1,3,0.1\n');
  expect(compareCurves(records, [plain], [folds])).toEqual([
    { stage: 'train', name: 'validation.loss', first: [0.9, 0.8], second: [0.7, 0.5, 0.25] },
  ]);
  fs.rmSync(folder, { recursive: true });
});
