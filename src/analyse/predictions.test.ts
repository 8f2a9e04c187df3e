import { expect, test } from 'vitest';
import { flipsOf } from './flips.ts';
import { pairPredictions } from './paired-predictions.ts';
import { testedMetrics } from './paired-tests.ts';
import { type PredictionTable, parsePredictions } from './predictions.ts';

function parsed(text: string): PredictionTable {
  const table = parsePredictions(text);
  if (table === null) throw new Error('no table of predictions');
  return table;
}

const TABLE = 'id,label,predicted,hole,ok\na.png,ok,ok,0.2,0.8\nb.png,hole,ok,0.4,0.6\n';

test('a table gives ids, classes by the header, and the probability of the true class', () => {
  const table = parsed(TABLE);
  expect(table).toMatchObject({ ids: ['a.png', 'b.png'], classes: ['hole', 'ok'] });
  expect([...table.labels, ...table.predicted]).toEqual([1, 0, 1, 1]);
  expect([...(table.ofTruth ?? [])]).toEqual([0.8, 0.4]);
  expect([...(table.ofSecond ?? [])]).toEqual([0.8, 0.6]);
});

test('quoted fields, Windows line ends, a byte order mark and a missing last line end change nothing', () => {
  const table = parsed(
    '\ufeffid,label,predicted,"hole, deep",ok\r\n"a ""1"".png",ok,ok,0.2,0.8\r\nb.png,"hole, deep",ok,0.4,0.6',
  );
  expect(table).toMatchObject({ ids: ['a "1".png', 'b.png'], classes: ['hole, deep', 'ok'] });
  expect([...(table.ofTruth ?? [])]).toEqual([0.8, 0.4]);
});

test('what samples belong to and the folds they were predicted out of stand between id and label', () => {
  const table = parsed('id,group,fold,label,predicted,hole,ok\na,p1,0,ok,ok,0.2,0.8\n"b,",p1,1,hole,ok,0.4,0.6\n');
  expect(table).toMatchObject({ ids: ['a', 'b,'], groups: ['p1', 'p1'], folds: ['0', '1'], classes: ['hole', 'ok'] });
  expect([...(table.ofTruth ?? [])]).toEqual([0.8, 0.4]);
  expect(parsed('id,fold,label,predicted\na,3,x,y\n')).toMatchObject({ groups: null, folds: ['3'] });
  expect(parsed(TABLE)).toMatchObject({ groups: null, folds: null });
  // A class may have any name.
  expect(parsed('id,label,predicted,group,fold\na,group,fold,1,0\n')).toMatchObject({
    groups: null,
    classes: ['group', 'fold'],
  });
});

test('probabilities are not needed, and classes of no column are found in the lines', () => {
  const table = parsed('id,label,predicted\n1,cat,dog\n2,dog,dog\n');
  expect(table).toMatchObject({ classes: ['cat', 'dog'], ofTruth: null, ofSecond: null });
});

test.each([
  ['another table', 'epoch,loss\n1,0.5\n'],
  ['nothing', ''],
  ['a line that is cut off', 'id,label,predicted\na.png,ok\n'],
])('%s is no table of predictions', (_, text) => {
  expect(parsePredictions(text)).toBeNull();
});

test('predictions are paired by id, whatever the order of lines and of classes', () => {
  const other = 'id,label,predicted,ok,hole\nc.png,ok,ok,1,0\nb.png,hole,hole,0.3,0.7\na.png,ok,hole,0.1,0.9\n';
  const pairing = pairPredictions(parsed(TABLE), parsed(other));
  if (pairing === null) throw new Error('no pairs');
  expect(pairing).toMatchObject({ ids: ['a.png', 'b.png'], classes: ['hole', 'ok'], onlyFirst: 0, onlySecond: 1 });
  expect(flipsOf('evaluate', pairing)).toMatchObject({
    samples: 2,
    gained: [{ id: 'b.png', label: 'hole', first: 'ok', second: 'hole' }],
    lost: [{ id: 'a.png', label: 'ok', first: 'ok', second: 'hole' }],
    firstConfusion: [
      [0, 1],
      [0, 1],
    ],
  });
  expect([...(pairing.secondTruth ?? [])]).toEqual([0.1, 0.7]);
});

test('samples whose true class the two disagree about are no part of a test', () => {
  const relabelled = TABLE.replace('b.png,hole', 'b.png,ok');
  expect(pairPredictions(parsed(TABLE), parsed(relabelled))).toMatchObject({
    ids: ['a.png'],
    onlyFirst: 1,
    onlySecond: 1,
  });
  expect(pairPredictions(parsed(TABLE), parsed(TABLE.replaceAll('.png', '.jpg')))).toBeNull();
});

test('equal predictions differ in nothing, by every test', () => {
  const pairing = pairPredictions(parsed(TABLE), parsed(TABLE));
  if (pairing === null) throw new Error('no pairs');
  const metrics = testedMetrics(pairing);
  expect(metrics.map(({ name }) => name)).toEqual([
    'accuracy',
    'balancedAccuracy',
    'macroPrecision',
    'macroRecall',
    'macroF1',
    'rocAuc',
    'loss',
  ]);
  for (const { difference, tested } of metrics) expect([difference, tested.p]).toEqual([0, 1]);
});

test('with several labels a sample is right when all of them are, and nothing is averaged over combinations', () => {
  const table = (guess: string) =>
    parsed(`id,label,predicted,car,people\n1,car;people,${guess},0.9,0.8\n2,car,car,0.9,0.1\n`);
  const pairing = pairPredictions(table('car'), table('car;people'));
  if (pairing === null) throw new Error('no pairs');
  expect(testedMetrics(pairing)).toMatchObject([
    { name: 'accuracy', first: { value: 0.5 }, second: { value: 1 }, difference: 0.5 },
  ]);
  expect(flipsOf('evaluate', pairing)).toMatchObject({ classes: [], firstConfusion: [], gained: [{ id: '1' }] });
});
