/**
 * search: tries settings of `train` and keeps the best.
 *
 * What a trial tries depends on seed and number alone, and its result on each fold is an item: a search that is killed,
 * or asked for more trials, or given another space that leads to the same settings, trains nothing twice.
 */
import fs from 'node:fs';
import { z } from 'zod';
import trainSchema from '../../schemas/stages/train.schema.json' with { type: 'json' };
import type { SearchParams } from '../../src/generated/stages/search.ts';
import { type Filled, type Json, StageError, type StageRun } from '../../src/sdk/index.ts';
import { openDataset } from '../lib/dataset/read-dataset.ts';
import { applySettings } from '../lib/training/settings.ts';
import { goalOfColumn } from '../lib/training/train-model.ts';
import type { TrainSettings } from '../lib/training/train-types.ts';
import { checkSpace, drawSettings, gridSettings, type Settings } from './space.ts';
import { openTrials } from './trials.ts';

type Params = Omit<Filled<SearchParams>, 'space'> & Pick<SearchParams, 'space'>;

interface Trial {
  readonly trial: number;
  readonly settings: Settings;
  /** Mean over folds; null when training gave no number. */
  readonly value: number | null;
  readonly folds: readonly Json[];
}

const run: StageRun<Params> = async (context) => {
  const { params, inputs, outputs } = context;
  const { metric, goal } = params.objective;
  const base = trainSettings(params);
  checkSpace(params.space);
  const dataset = openDataset(inputs.dataset ?? '');
  goalOfColumn(metric, dataset.info.classes.length);
  const planned = planSettings(params, context.random);
  const settingsOf = planned.map((settings) => applySettings(base, { settings }));
  const trials = await openTrials(context, dataset, { folds: params.trial.folds, seed: params.seed });
  dataset.close();

  const done: Trial[] = [];
  const total = planned.length * params.trial.folds;
  for (const [number, settings] of planned.entries()) {
    const folds: Record<string, number | null>[] = [];
    for (let fold = 0; fold < params.trial.folds; fold++) {
      folds.push(await trials.measure(settingsOf[number] as TrainSettings, fold));
      context.progress(number * params.trial.folds + fold + 1, total, 'trainings', bestText(done, goal));
    }
    const values = folds.map((each) => each[metric] ?? Number.NaN);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    done.push({ trial: number, settings, value: Number.isFinite(mean) ? mean : null, folds });
  }

  const best = bestOf(done, goal);
  if (best === null) {
    throw new StageError(`no trial gave a number for \`${metric}\``, {
      code: 'E0809',
      hint: 'lower the learning rates in `space`',
    });
  }
  const lines = done.map((trial) => `${JSON.stringify(trial)}\n`);
  fs.writeFileSync(outputs['trials.jsonl'] ?? '', lines.join(''));
  const found = { trial: best.trial, metric, value: best.value, settings: best.settings };
  fs.writeFileSync(outputs['settings.json'] ?? '', `${JSON.stringify(found, null, 2)}\n`);
  const metrics = { [metric]: best.value, bestTrial: best.trial, trials: done.length };
  fs.writeFileSync(outputs['metrics.json'] ?? '', `${JSON.stringify(metrics, null, 2)}\n`);
  const fresh = trials.trained === total ? `${total} trainings` : `${trials.trained} of ${total} trainings new`;
  context.note(`best ${metric} ${best.value?.toFixed(4)} (trial ${best.trial}); ${fresh}`);
};
export default run;

function planSettings(params: Params, random: Parameters<StageRun>[0]['random']): Settings[] {
  if (params.sampler === 'grid') return gridSettings(params.space).slice(0, params.trials);
  return Array.from({ length: params.trials }, (_, trial) =>
    drawSettings(params.space, random(params.seed, `sampler/trial-${trial}`)),
  );
}

/** The params every trial starts from, with train's own defaults and the search's seed. */
function trainSettings(params: Params): TrainSettings {
  const schema = z.fromJSONSchema(trainSchema as Parameters<typeof z.fromJSONSchema>[0]);
  const parsed = schema.safeParse({ seed: params.seed, ...params.trial.with });
  if (parsed.success) return parsed.data as TrainSettings;
  const issue = parsed.error.issues[0];
  throw new StageError(`\`trial.with.${issue?.path.join('.')}\` does not fit \`train\`: ${issue?.message}`, {
    code: 'E0809',
    hint: 'give the params `train` has',
  });
}

function bestOf(trials: readonly Trial[], goal: 'minimize' | 'maximize'): Trial | null {
  const sign = goal === 'minimize' ? 1 : -1;
  let best: Trial | null = null;
  for (const trial of trials) {
    if (trial.value !== null && (best?.value == null || sign * (trial.value - best.value) < 0)) best = trial;
  }
  return best;
}

function bestText(trials: readonly Trial[], goal: 'minimize' | 'maximize'): string {
  const best = bestOf(trials, goal);
  return best?.value == null ? 'no trial finished yet' : `best ${best.value.toFixed(4)}`;
}
