/**
 * A project whose stages only pretend to train, so that experiments cost milliseconds: the files they leave are those that
 * comparisons read. How good a "model" is follows from its params: its skill decides how many of the samples it gets right.
 */
import { type TestProject, testProject } from './project.ts';

const COMMON = `import { readFileSync, writeFileSync, appendFileSync } from 'node:fs';
const params = JSON.parse(readFileSync('params.json', 'utf8'));
if (process.env.COUNT_FILE) appendFileSync(process.env.COUNT_FILE, process.env.PIPE_STAGE + '\\n');
function stream(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
`;

const TRAIN = `${COMMON}
const { epochs, filters } = params.train;
const random = stream(params.seed);
const rows = Array.from({ length: epochs }, (_, i) => [i + 1, (1 / (i + 1.5) + random() * 0.02).toFixed(4), (1 / (i + 1.2) + random() * 0.05).toFixed(4)]);
writeFileSync('history.csv', 'epoch,loss,validation.loss\\n' + rows.map((row) => row.join(',') + '\\n').join(''));
const skill = 1 - 0.25 / Math.sqrt(epochs) - 0.4 / Math.sqrt(filters);
writeFileSync('model.json', JSON.stringify({ skill, seed: params.seed }));
writeFileSync('training.json', JSON.stringify({ parameters: filters * filters * 9, epochs }));
`;

const EVALUATE = `${COMMON}
const { skill, seed } = JSON.parse(readFileSync('model.json', 'utf8'));
const samples = JSON.parse(readFileSync('samples.json', 'utf8'));
const hardness = stream(99);
const luck = stream(seed * 1000 + 17);
const names = ['hole', 'ok', 'scratch'];
let hits = 0;
const lines = samples.map(({ id, label }) => {
  const right = hardness() * 0.9 + luck() * 0.1 < skill;
  const at = names.indexOf(label);
  const guess = right ? label : names[(at + 1 + Math.floor(luck() * 2)) % 3];
  hits += right ? 1 : 0;
  return [id, label, guess, ...names.map((name) => (name === guess ? 0.8 : 0.1))].join(',');
});
writeFileSync('predictions.csv', ['id,label,predicted,' + names.join(',')].concat(lines).join('\\n') + '\\n');
writeFileSync('metrics.json', JSON.stringify({ accuracy: hits / samples.length, images: samples.length }));
`;

const SAMPLES = JSON.stringify(
  Array.from({ length: 400 }, (_, i) => ({
    id: `plates/${String(i).padStart(3, '0')}.png`,
    label: ['hole', 'ok', 'scratch'][i % 3],
  })),
);

/** @param experiments  the body of `experiments:`, indented by two. */
export function experimentProject(experiments: string): TestProject {
  return testProject(experimentFiles(experiments));
}

export function experimentFiles(experiments: string): Readonly<Record<string, string>> {
  return {
    'pipeline.yaml': `version: 1
params: params.json
stages:
  train:
    cmd: node train.mjs
    deps: [train.mjs]
    params: [params.json: [seed, train]]
    outs: [model.json, history.csv]
    metrics: [training.json]
  evaluate:
    cmd: node evaluate.mjs
    deps: [evaluate.mjs, model.json, samples.json]
    params: [params.json: [evaluate]]
    outs: [predictions.csv]
    metrics: [metrics.json]
experiments:
${experiments}`,
    'params.json': '{ "seed": 1, "train": { "epochs": 10, "filters": 16 }, "evaluate": { "split": "test" } }\n',
    'train.mjs': TRAIN,
    'evaluate.mjs': EVALUATE,
    'samples.json': `${SAMPLES}\n`,
  };
}
