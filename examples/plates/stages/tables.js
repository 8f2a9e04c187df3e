/** The best trial of each search as a table of settings and one of results, and how far each search came. */
import fs from 'node:fs';

const SETTINGS = [
  ['Base filters', 'model.filters'],
  ['Blocks', 'model.blocks'],
  ['Convolution kernel', 'model.kernel'],
  ['Pooling kernel', 'model.pool'],
  ['Activation', 'model.activation'],
  ['Optimizer', 'optimizer.name'],
  ['Learning rate', 'optimizer.learningRate'],
];
const RESULTS = ['train.loss', 'validation.loss', 'train.accuracy', 'validation.accuracy'];

export default async function run({ inputs, outputs, note }) {
  const searches = Object.entries(inputs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, file]) => ({ name, trials: readTrials(file) }));
  const sections = searches.flatMap(({ name, trials }) => {
    const best = bestOf(trials);
    return [
      `## Best of ${trials.length} trials, sampler \`${name}\` (trial ${best.trial})`,
      '',
      '| Hyper-parameter | Value |',
      '|---|---|',
      ...SETTINGS.map(([label, path]) => `| ${label} | ${short(best.settings[path])} |`),
      `| Parameters | ${best.cost.params} |`,
      '',
      `| ${RESULTS.join(' | ')} |`,
      `|${RESULTS.map(() => '---').join('|')}|`,
      `| ${RESULTS.map((metric) => short(best.metrics[metric])).join(' | ')} |`,
      '',
      `Means over ${best.cells.length} folds; the deviation of the validation loss is ${short(best.deviation)}.`,
      '',
    ];
  });
  const race = searches.map(({ name, trials }) => `| ${name} | ${milestones(trials).map(short).join(' | ')} |`);
  const counts = milestones(searches[0].trials).map((_, i) => `${i + 1}/5 of trials`);
  const head = ['# Random search and TPE', '', ...sections, '## Best validation loss so far', ''];
  const lines = [...head, `| sampler | ${counts.join(' | ')} |`, `|---|${counts.map(() => '---').join('|')}|`, ...race];
  fs.writeFileSync(outputs['tables.md'], `${lines.join('\n')}\n`);
  note(searches.map(({ name, trials }) => `${name} ${short(bestOf(trials).values[0])}`).join(', '));
}

function readTrials(file) {
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function bestOf(trials) {
  return trials
    .filter(({ values }) => values.length > 0)
    .reduce((best, trial) => (trial.values[0] < best.values[0] ? trial : best));
}

/** The best value after each fifth of the trials. */
function milestones(trials) {
  return [1, 2, 3, 4, 5].map((fifth) => bestOf(trials.slice(0, Math.ceil((trials.length * fifth) / 5))).values[0]);
}

function short(value) {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : String(value);
}
