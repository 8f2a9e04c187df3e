/**
 * search: tries settings of `train`, and of stages before the search, and keeps the best.
 *
 * What a trial tries depends on the study and its number alone, and each of its trainings is an item: a search that is killed, or
 * asked for more trials, or given another space that leads to the same settings, trains nothing twice.
 */
import { type Json, type JsonObject, StageError, type StageRun } from '../../src/sdk/index.ts';
import { createSampler } from '../lib/search/create-sampler.ts';
import { suggestNew } from '../lib/search/suggest-new.ts';
import type { Observation } from '../lib/search/types.ts';
import { drawFromPrior } from '../lib/search/values.ts';
import { isFixed, openBehindBackbone } from './behind-backbone.ts';
import { openJournal } from './journal.ts';
import { cellsOf, openMeasurer } from './measure-cell.ts';
import { runStudy, type Suggested } from './run-study.ts';
import { runTrial, type TrialTools } from './run-trial.ts';
import { type Params, readStudy } from './study-settings.ts';
import { openStudyView } from './study-view.ts';
import { takeSettings } from './take-settings.ts';
import { openTrainer } from './trainer.ts';
import { openData } from './trial-data.ts';
import type { TrialRecord } from './trial-record.ts';
import { bestOf, writeResults } from './write-results.ts';

const run: StageRun<Params> = async (context) => {
  const { params, outputs, reaches } = context;
  if (params.use !== null) {
    await takeSettings(outputs, params.use);
    context.note('settings as given by `use`');
    return;
  }
  const study = readStudy(params, reaches);
  const { folds, repeats, seeds } = params.trial;
  const source = await openData(context, { folds, repeats, seed: params.seed });
  const behind = openBehindBackbone(context, study.base, study.space);
  // A backbone that no trial can use is told of here, once, and not by every trial.
  if (isFixed(study.space)) await behind.see(study.base, await source.under({}));
  const trainer = openTrainer(context);
  const journal = openJournal(context.checkpoints);
  const view = openStudyView(context, journal, { trials: params.trials, objective: study.objectives[0] });
  const cells = cellsOf({ folds, repeats, seeds });
  const measurer = openMeasurer(context, trainer);
  const tools: TrialTools = {
    context,
    study,
    source,
    behind,
    measurer,
    cells,
    onPart: view.onPart,
    onReport: view.onReport,
  };
  const goals = study.objectives.map(({ goal }) => goal);
  const sampler = createSampler({ sampler: params.sampler, space: study.space, seed: params.seed, goals });

  function suggest(history: readonly Observation[], trial: number): Suggested | null {
    const given = study.enqueued[trial];
    if (given === undefined) return suggestNew(sampler, history, trial);
    const fixed = drawFromPrior(study.space, context.random(params.seed, `enqueue/trial-${trial}`), given);
    return suggestNew({ suggest: () => fixed }, history, trial);
  }

  let records: readonly TrialRecord[];
  try {
    records = await runStudy({
      trials: params.trials,
      parallel: params.parallel,
      suggest,
      run(trial, settings, history) {
        view.onStart(trial, settings);
        return runTrial(tools, trial, settings, history);
      },
      onDone: view.onDone,
    });
  } finally {
    await trainer.close();
    journal.close();
  }
  const best = bestOf(records, study);
  if (best === null) throw nothingFound(records);
  const isOwn = (pipeline: JsonObject) => source.isOwn(pipeline);
  await writeResults(outputs, study, { records, best, consensus: params.consensus, isOwn });
  context.provenance('timeline', view.timeline() as unknown as Json);
  context.note(view.note(best, isOwn(best.pipeline as JsonObject)));
};
export default run;

function nothingFound(records: readonly TrialRecord[]): StageError {
  const failed = records.find(({ problem }) => problem !== null);
  const why = failed === undefined ? '' : `; trial ${failed.trial}: ${failed.problem}`;
  const infeasible = records.filter(({ state }) => state === 'infeasible').length;
  const limits = infeasible === 0 ? '' : `; ${infeasible} of ${records.length} break a constraint`;
  return new StageError(`no trial has a result${limits}${why}`, {
    code: 'E0809',
    hint: infeasible > 0 ? 'allow larger models in `constraints`' : 'take out of `space` what cannot be trained',
  });
}
