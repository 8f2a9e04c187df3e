/**
 * Numbers of the five reports behind examples/ that are arithmetic: they come out of the pipelines as they are written, to the last
 * one. Parameters, memory and metrics that need no pipeline are held beside the code that counts them.
 */
import { expect, test } from 'vitest';
import type { Json } from '../../src/base/json.ts';
import { wilsonInterval } from '../../src/base/wilson.ts';
import type { Sample } from '../../src/generated/sample.ts';
import type { Table } from '../../src/generated/table.ts';
import { type JsonObject, randomStream } from '../../src/sdk/index.ts';
import { measureBalance } from '../../stages/audit/balance.ts';
import { countCopies } from '../../stages/augment/copies.ts';
import { chooseDrops } from '../../stages/filter/choose-drops.ts';
import { groupSamples } from '../../stages/lib/dataset/groups.ts';
import { summarize } from '../../stages/lib/models/summarize.ts';
import { modelSettings } from '../../stages/lib/models/testing.ts';
import { gridOf } from '../../stages/lib/search/grid-sampler.ts';
import { spaceOf } from '../../stages/lib/search/testing.ts';
import { assignGroups, largestRemainder, roundedUp } from '../../stages/split/assign.ts';
import { loadExample, paramsOf } from '../support/examples.ts';
import { runInProcess } from '../support/in-process.ts';
import { testProject } from '../support/project.ts';

const examples = new Map<string, ReturnType<typeof loadExample>>();

/** Params of a stage of an example, and of a model in them. */
function paramsIn(example: string, stage: string, experiment = 'main'): JsonObject {
  const project = examples.get(example) ?? loadExample(example);
  examples.set(example, project);
  return paramsOf(project, experiment, stage);
}
const modelIn = (...place: Parameters<typeof paramsIn>) => paramsIn(...place).model as JsonObject;

/** Samples of classes, each with a size. */
function samplesOf(counts: Readonly<Record<string, number>>, size: (label: string, place: number) => [number, number]) {
  return Object.entries(counts).flatMap(([label, count]) =>
    Array.from({ length: count }, (_, place): Sample => {
      const [width, height] = size(label, place);
      const id = `${label}/${place}`;
      return { id, labels: [label], family: id, source: id, width, height };
    }),
  );
}

/** As the stage `split` divides them by params of an example. */
function splitBy(params: JsonObject, samples: readonly Sample[]): Sample[] {
  const { train, validation, test: held, rounding } = params as Record<string, number | string>;
  const splits = assignGroups(groupSamples(samples), {
    shares: [train, validation, held].map(Number),
    stratify: true,
    rounding: rounding === 'up' ? roundedUp : largestRemainder,
    random: (stream) => randomStream(2342, stream),
  });
  return samples.map((sample) => ({ ...sample, split: splits.get(sample.id) ?? 'train' }));
}

function countBy(samples: readonly Sample[], nameOf: (sample: Sample) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const sample of samples) counts[nameOf(sample)] = (counts[nameOf(sample)] ?? 0) + 1;
  return counts;
}

test('plates: the space has 432 cells beside the learning rate, from 1e-4 to 1e-2, the same for both samplers', () => {
  const [random, tpe] = [paramsIn('plates', 'search-random'), paramsIn('plates', 'search-tpe')];
  const { 'optimizer.learningRate': rate, ...cells } = random.space as Record<string, Json>;
  expect([...gridOf(spaceOf(cells))].length).toBe(432);
  expect(rate).toMatchObject({ range: [1e-4, 1e-2] });
  expect({ ...tpe, sampler: 'random' }).toEqual(random);
  expect([random.trials, (random.trial as JsonObject).folds]).toEqual([50, 5]);
});

test('plates: 34 of 170 are held out, 17 of each class; the network chosen by hand has 8,449 parameters', () => {
  const plates = splitBy(
    paramsIn('plates', 'split'),
    samplesOf({ ok: 85, defective: 85 }, () => [60, 30]),
  );
  const counts = countBy(plates, ({ split, labels }) => `${split} ${labels}`);
  expect([counts['test ok'], counts['test defective']]).toEqual([17, 17]);
  expect(summarize(modelSettings(modelIn('plates', 'baseline')), [30, 60, 3], 1).totalParams).toBe(8449);
  expect(wilsonInterval(21, 34).map((bound) => Math.round(100 * bound))).toEqual([45, 76]);
  expect(wilsonInterval(30, 34).map((bound) => Math.round(100 * bound))).toEqual([73, 95]);
});

test('plates: a pooling window of three with stride two leaves a row and a column less than one of two, and the summary says so', () => {
  const shapes = (pool: number) =>
    summarize(modelSettings({ blocks: 3, pool }), [60, 30, 3], 1)
      .layers.filter(({ layer }) => layer === 'max-pool')
      .map(({ output }) => output.slice(0, 2));
  expect(shapes(2)).toEqual([
    [30, 15],
    [15, 7],
    [7, 3],
  ]);
  expect(shapes(3)).toEqual([
    [29, 14],
    [14, 6],
    [6, 2],
  ]);
});

test('screws: copied first they are 400, 50 and 50, split first 5 defective ones are left to test', () => {
  const counts = paramsIn('screws', 'draw').counts as Record<string, number>;
  expect(counts).toEqual({ ok: 250, defective: 50 });
  const copies = Number(paramsIn('screws', 'copies').copies);
  const leaky = splitBy(
    paramsIn('screws', 'leaky-split'),
    samplesOf({ ok: 250, defective: 50 * (1 + copies) }, () => [1024, 1024]),
  );
  expect(countBy(leaky, ({ split }) => split ?? '')).toEqual({ train: 400, validation: 50, test: 50 });
  const honest = splitBy(
    paramsIn('screws', 'split'),
    samplesOf(counts, () => [1024, 1024]),
  );
  for (const [samples, defective, ok] of [
    [leaky, 25, 25],
    [honest, 5, 25],
  ] as const) {
    const held = samples.filter(({ split }) => split === 'test');
    expect(countBy(held, ({ labels }) => labels[0] ?? '')).toEqual({ ok, defective });
  }
});

test('screws: with balance every class of the train split has as many images as the largest', () => {
  const params = paramsIn('screws', 'augment');
  const samples = splitBy(
    paramsIn('screws', 'split'),
    samplesOf({ ok: 250, defective: 50 }, () => [1024, 1024]),
  );
  const copies = countCopies(samples, Number(params.copies), params.balance === true);
  const train = samples.filter(({ split }) => split === 'train');
  const images = (label: string) =>
    train.filter(({ labels }) => labels[0] === label).reduce((sum, { id }) => sum + 1 + (copies.get(id) ?? 0), 0);
  expect([images('ok'), images('defective')]).toEqual([200, 200]);
});

test('characters: two copies of each of 20,000 make 60,000, and shares of labels are shares of images', () => {
  const samples = Array.from({ length: 20_000 }, (_, i): Sample => {
    const labels = [...(i < 6403 ? ['people'] : []), ...(i % 200 === 0 && i < 19_000 ? ['baby'] : [])];
    return { id: `${i}`, labels, family: `${i}`, source: `${i}` };
  });
  const copies = countCopies(samples, Number(paramsIn('characters', 'augment').copies), false);
  expect(samples.length + [...copies.values()].reduce((sum, count) => sum + count, 0)).toBe(60_000);
  const { classes } = measureBalance({ task: 'multi-label', classes: ['baby', 'people'] }, samples);
  expect(classes.map(({ name, count, share }) => [name, count, share])).toEqual([
    ['baby', 95, 0.0048],
    ['people', 6403, 0.3202],
  ]);
});

test('characters: fourteen labels, 30 trials ranked by micro-F1, every layer drawn by itself', () => {
  expect((paramsIn('characters', 'render').components as string[]).length).toBe(14);
  const { trials, objective, space } = paramsIn('characters', 'search');
  expect([trials, objective]).toEqual([30, { metric: 'validation.microF1', goal: 'maximize' }]);
  const paths = spaceOf(space as Json).dimensions.map(({ path }) => path);
  for (const attribute of ['filters', 'kernel', 'pool'])
    expect(paths.filter((each) => each.startsWith(`model.${attribute}.`) && /\d$/.test(each)).length).toBe(4);
});

const PUBLISHED = [
  79624, 182088, 387016, 796872, 1436616, 3535816, 1170920, 2428808, 6256392, 6256392, 6256392, 6268680, 6256392,
  6268680, 6256392, 6268680,
];

test('scenes: eight times as wide, the sixteen rows have the parameters of the report', () => {
  const wider = (units: Json | undefined) => (units as number[]).map((each) => 8 * each);
  const found = PUBLISHED.map((_, row) => {
    const model = modelIn('scenes', 'train', `m${String(row).padStart(2, '0')}`);
    const report = { ...model, filters: 8 * Number(model.filters), dense: wider(model.dense) };
    return summarize(modelSettings(report), [64, 64, 3], 8).totalParams;
  });
  expect(found).toEqual(PUBLISHED);
});

/** Rightly named of the 807 test images by the sixteen networks, and the accuracies the report printed. */
const SCENES = [
  [529, 0.6555],
  [625, 0.7745],
  [686, 0.8501],
  [680, 0.8426],
  [689, 0.8538],
  [701, 0.8686],
  [681, 0.8439],
  [696, 0.8625],
  [683, 0.8463],
  [697, 0.8637],
  [695, 0.8612],
  [709, 0.8786],
  [700, 0.8674],
  [716, 0.8872],
  [698, 0.8649],
  [718, 0.8897],
] as const;

test('scenes: from the counts of the report the table computes what it typed, and marks the network it passed over', async () => {
  for (const [hits, printed] of SCENES) expect(Number((hits / 807).toFixed(4))).toBe(printed);
  const rows = SCENES.map(([hits], row) => `  m${row}: { params.hits: ${hits}, params.parameters: ${PUBLISHED[row]} }`);
  const project = testProject({
    'pipeline.yaml': `version: 1
params: { hits: 529, parameters: 79624 }
stages:
  evaluate:
    cmd: >-
      node -e "require('fs').writeFileSync('metrics.json', JSON.stringify({ accuracy: \${hits} / 807, parameters: \${parameters}, images: 807 }))"
    metrics: [metrics.json]
experiments:
${rows.join('\n')}
`,
  });
  await runInProcess(project.root, { experiments: 'all' });
  const table = JSON.parse(project.pipe(['table', '--json']).stdout) as Table;
  const rowOf = (name: string) => table.rows.find((each) => each.name === name);
  // Printed as 7.705e-07: train accuracy in place of test, and a tenth of that.
  expect(rowOf('m0')?.ratio).toBeCloseTo(8.233e-6, 9);
  expect(table.rows.filter(({ isBest }) => isBest).map(({ name }) => name)).toEqual(['m15']);
  expect(table.rows.filter(({ isSecond }) => isSecond).map(({ name }) => name)).toEqual(['m13']);
  for (const name of ['m11', 'm13', 'm15']) {
    const { value, low = 0, high = 1 } = rowOf(name)?.score ?? { value: 0 };
    expect(Math.round(1000 * (high - low)) / 20).toBeCloseTo(2.2, 0);
    // None of the three can be told from another.
    expect(low).toBeLessThan(709 / 807);
    expect(value).toBeLessThan(high);
  }
});

test('fruit: 4,141 of 4,195 have the modal size, 829 are held out, 3,312 make 26,496', async () => {
  const { counts, oddSizes } = paramsIn('fruit', 'draw') as unknown as Record<string, Record<string, number>>;
  // The 54 others in 31 sizes, as often as the report lists them.
  const odd = [
    ...Array.from({ length: 19 }, () => [225, 225]),
    ...Array.from({ length: 3 }, () => [201, 251]),
    ...Array.from({ length: 3 }, () => [275, 183]),
    ...Array.from({ length: 29 }, (_, i) => [170 + 9 * Math.min(i, 27), 320 - 5 * Math.min(i, 27)]),
  ] as [number, number][];
  const samples = samplesOf(counts ?? {}, (label, place) =>
    place < (oddSizes?.[label] ?? 0) ? (odd.pop() ?? [0, 0]) : [300, 300],
  );
  expect([samples.length, odd.length]).toEqual([4195, 0]);
  expect(new Set(samples.map(({ width, height }) => `${width}x${height}`)).size).toBe(32);
  const drops = await chooseDrops(samples, paramsIn('fruit', 'filter') as never, () => {
    throw new Error('sizes are known without a look at pixels');
  });
  const labelOf = ({ labels }: Sample) => labels[0] ?? '';
  const kept = samples.filter(({ id }) => !drops.has(id));
  expect(countBy(kept, labelOf)).toEqual({ tomato: 1386, strawberry: 1380, cherry: 1375 });
  const dropped = samples.filter(({ id }) => drops.has(id));
  expect(countBy(dropped, labelOf)).toEqual({ tomato: 17, strawberry: 18, cherry: 19 });

  const split = splitBy(paramsIn('fruit', 'split'), kept);
  expect(countBy(split, (sample) => sample.split ?? '')).toEqual({ train: 3312, validation: 829 });
  const validation = split.filter((sample) => sample.split === 'validation');
  expect(countBy(validation, labelOf)).toEqual({ tomato: 278, strawberry: 276, cherry: 275 });
  const copies = countCopies(split, Number(paramsIn('fruit', 'augment').copies), false);
  expect(3312 + [...copies.values()].reduce((sum, count) => sum + count, 0)).toBe(26_496);
  expect(validation.some(({ id }) => copies.has(id))).toBe(false);
});

test('fruit: at 300 pixels the networks of the pipeline are those of the report, and a batch of eight needs its memory', () => {
  const summaryOf = (experiment: string) =>
    summarize(modelSettings(modelIn('fruit', 'train', experiment)), [300, 300, 3], 3, 8);
  const mlp = summaryOf('mlp');
  expect([mlp.totalParams, mlp.memory.paramsMiB.toFixed(2)]).toEqual([68851023, '262.65']);
  for (const experiment of ['main', 'no-dropout']) expect(summaryOf(experiment).totalParams).toBe(9966691);
  const { memory } = summaryOf('main');
  expect(
    [memory.inputMiB, memory.forwardBackwardMiB, memory.paramsMiB, memory.totalMiB].map((mib) => mib.toFixed(2)),
  ).toEqual(['8.24', '70.50', '38.02', '116.76']);
});

test('fruit: each ablation differs from the network of the report in one thing', () => {
  const { model: _, ...main } = paramsIn('fruit', 'train');
  const differences = (experiment: string) => {
    const { model: __, ...other } = paramsIn('fruit', 'train', experiment);
    return Object.keys(main).filter((key) => JSON.stringify(other[key]) !== JSON.stringify(main[key]));
  };
  for (const size of [64, 256]) {
    expect(differences(`batch-${size}`)).toEqual(['batchSize']);
    expect(paramsIn('fruit', 'train', `batch-${size}`).batchSize).toBe(size);
  }
  for (const rate of ['1e-5', '1e-3', '1e-2']) {
    expect(differences(`rate-${rate}`)).toEqual(['optimizer']);
    expect(paramsIn('fruit', 'train', `rate-${rate}`).optimizer).toMatchObject({ learningRate: Number(rate) });
  }
});
