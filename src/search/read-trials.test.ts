import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseTrials, readJournal } from './read-trials.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'journal-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const line = (value: object) => `${JSON.stringify({ at: '2026-01-02T03:04:05.000Z', ...value })}\n`;

test('a journal that a kill tore in half tells all that is whole, and a trial that began again counts from there', () => {
  const file = path.join(folder, 'journal.jsonl');
  const before = [
    line({ event: 'start', trial: 0, settings: { x: 1 } }),
    line({ event: 'training', trial: 0, cell: 0 }),
    line({ event: 'training', trial: 0, cell: 1 }),
    line({ event: 'end', trial: 0, state: 'complete', values: [0.5] }),
    line({ event: 'start', trial: 1, settings: { x: 2 } }),
    line({ event: 'training', trial: 1, cell: 0 }),
    line({ event: 'end', trial: 1, state: 'complete', values: [0.25] }).slice(0, -20),
  ].join('');
  fs.writeFileSync(file, before);
  const torn = readJournal(file);
  expect(torn.map(({ trial, state, values, trainings }) => [trial, state, values, trainings])).toEqual([
    [0, 'complete', [0.5], 2],
    [1, 'running', [], 1],
  ]);
  const again = [
    '\n',
    line({ event: 'start', trial: 1, settings: { x: 2 } }),
    line({ event: 'training', trial: 1, cell: 0 }),
    line({ event: 'training', trial: 1, cell: 0 }),
    line({ event: 'end', trial: 1, state: 'pruned', values: [] }),
  ].join('');
  fs.appendFileSync(file, again);
  expect(readJournal(file)[1]).toMatchObject({ state: 'pruned', trainings: 1, settings: { x: 2 } });
});

test('a search without a journal has no trials under way', () => {
  expect(readJournal(path.join(folder, 'none.jsonl'))).toEqual([]);
});

test('lines that are no trials are passed over', () => {
  expect(parseTrials('{"trial":0,"state":"complete"}\nnot json\n{"other":1}\n').map(({ trial }) => trial)).toEqual([0]);
});
