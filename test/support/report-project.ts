/**
 * A project whose stages only pretend: in milliseconds they leave every file a report reads, by the names reports know, with
 * class names that try to become markup.
 */
import { REPOSITORY, TestProject } from './project.ts';

/** Ends scripts and attributes, opens elements, turns text around. */
export const HOSTILE = `</script><script>document.title='taken'</script><img src=x onerror="document.title='taken'"> "q" 'a' & \u202Eback\nline 猫`;

/** A white picture, one by one pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVQI12P4DwABAQEAG7buVgAAAABJRU5ErkJggg==';

const PROGRAM = `
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { learningCurves, writeCharts } from ${JSON.stringify(`${REPOSITORY}/dist/sdk-charts.mjs`)};
const sharp = createRequire(${JSON.stringify(`${REPOSITORY}/package.json`)})('sharp');
const HOSTILE = ${JSON.stringify(HOSTILE)};
const quote = (text) => '"' + String(text).replaceAll('"', '""') + '"';
const csv = (rows) => rows.map((row) => row.map(quote).join(',') + '\\n').join('');
const json = (value) => JSON.stringify(value);
const stages = {
  async data() {
    await sharp({ create: { width: 900, height: 60, channels: 3, background: 'gray' } }).toFile('sheet.png');
    fs.mkdirSync('dataset');
    const counts = { good: 10, [HOSTILE]: 7 };
    const splits = { train: counts, validation: counts, test: counts };
    fs.writeFileSync('dataset/dataset.json', json({ version: 1, task: 'binary', classes: ['good', HOSTILE], layout: 'images', shape: [8, 8, 3], samples: 51, counts, splits, steps: ['ingest', HOSTILE] }));
    fs.writeFileSync('audit.json', json({ notes: { 'Intended use': 'sorting ' + HOSTILE } }));
    fs.writeFileSync('findings.csv', csv([['severity', 'kind', 'text'], ['error', 'duplicate', 'two images are one: ' + HOSTILE]]));
  },
  train() {
    const rows = Array.from({ length: 12 }, (_, i) => [i + 1, 1 / (i + 1), 1.1 / (i + 1), 1 - 1 / (i + 2), 1 - 1.1 / (i + 2)]);
    fs.writeFileSync('history.csv', csv([['epoch', 'train.loss', 'validation.loss', 'train.accuracy', 'validation.accuracy'], ...rows]));
    const layers = [{ name: 'conv', layer: HOSTILE, output: [8, 8, 4], params: 112, flops: 13824 }];
    fs.writeFileSync('summary.json', json({ layers, totalParams: 112, trainableParams: 112, flops: 13824, memory: { totalMiB: 1, batchSize: 1 }, alarms: [{ name: 'epoch-limit', text: 'all epochs were run: ' + HOSTILE }] }));
    fs.writeFileSync('training.json', json({ keptEpoch: 9, loss: 0.2 }));
  },
  async evaluate() {
    const { accuracy } = JSON.parse(fs.readFileSync('params.json', 'utf8'));
    fs.writeFileSync('metrics.json', json({ accuracy: { value: accuracy, low: accuracy - 0.1, high: accuracy + 0.05 }, [HOSTILE]: 3, images: 51 }));
    fs.writeFileSync('predictions.csv', csv([['id', 'label', 'predicted'], ...Array.from({ length: 20000 }, (_, i) => ['images/' + i + '.png', 'good', HOSTILE])]));
    fs.writeFileSync('per-class.csv', csv([['class', 'images', 'precision', 'precisionLow', 'precisionHigh', 'recall', 'f1'], [HOSTILE, 7, 0.5, 0.4, 0.6, 0.5, 0.5]]));
    fs.writeFileSync('confused-pairs.csv', csv([['true', 'predicted', 'images', 'share'], ['good', HOSTILE, 3, 0.3]]));
    fs.writeFileSync('alarms.json', json([{ name: 'few-images', text: '51 images tell little' }]));
    fs.mkdirSync('errors');
    fs.writeFileSync('errors/errors.csv', csv([['file', 'id', 'label', 'predicted', 'loss', 'confidence'], ['001.png', HOSTILE, 'good', HOSTILE, 2, 0.9]]));
    fs.writeFileSync('errors/001.png', Buffer.from(${JSON.stringify(PNG)}, 'base64'));
    const spec = { title: HOSTILE, description: HOSTILE, width: 700, height: { step: 50 }, mark: 'bar', encoding: { y: { field: 'class', type: 'nominal' }, x: { field: 'n', type: 'quantitative' }, tooltip: [{ field: 'class' }] } };
    await writeCharts('charts', [{ name: 'bars', spec, rows: [{ class: HOSTILE, n: 3 }, { class: 'good', n: 9 }] }, ...learningCurves([{ epoch: 1, 'train.loss': 1 }, { epoch: 2, 'train.loss': 0.5 }], null)]);
  },
};
await stages[process.argv[2]]();
`;

const PIPELINE = `version: 1
params: params.json
stages:
  data:
    cmd: node program.mjs data
    deps: [program.mjs]
    outs: [dataset, audit.json, findings.csv, sheet.png]
  train:
    cmd: node program.mjs train
    deps: [program.mjs, dataset]
    outs: [history.csv, summary.json]
    metrics: [training.json]
  evaluate:
    cmd: node program.mjs evaluate
    deps: [program.mjs, dataset, history.csv]
    params: [{ params.json: [accuracy] }]
    outs: [predictions.csv, per-class.csv, confused-pairs.csv, alarms.json, errors, charts]
    metrics: [metrics.json]
experiments:
  worse: { params.accuracy: 0.7 }
`;

/** The caller destroys it. */
export function reportProject(): TestProject {
  return new TestProject({
    'pipeline.yaml': PIPELINE,
    'params.json': '{ "accuracy": 0.9 }\n',
    'program.mjs': PROGRAM,
  });
}
