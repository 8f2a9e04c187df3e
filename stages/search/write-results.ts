/** The outputs of a search. All of them follow from the records alone: whoever ran the trials, and when, is not in them. */
import fs from 'node:fs';
import { type Chart, writeCharts } from '../../src/sdk/charts/index.ts';
import type { Json, JsonObject } from '../../src/sdk/index.ts';
import { formatCsv } from '../lib/csv.ts';
import { agreements } from '../lib/search/consensus.ts';
import { importances } from '../lib/search/importance.ts';
import { paretoSet, ranked } from '../lib/search/pareto.ts';
import { courseChart } from './charts/course-chart.ts';
import { historyChart } from './charts/history-chart.ts';
import { importanceChart } from './charts/importance-chart.ts';
import { parallelChart } from './charts/parallel-chart.ts';
import { paretoChart } from './charts/pareto-chart.ts';
import { sliceCharts } from './charts/slice-charts.ts';
import type { StudySettings } from './study-settings.ts';
import { isRanked, lineOf, observationOf, type RecordState, type TrialRecord } from './trial-record.ts';

type Outputs = Readonly<Record<string, string>>;

/** The best trial: of the first objective, when there are two. Null: no trial has a value. */
export function bestOf(records: readonly TrialRecord[], { objectives }: StudySettings): TrialRecord | null {
  const [best] = ranked(records.filter(isRanked).map(observationOf), [objectives[0].goal]);
  return best === undefined ? null : (records[best.trial] ?? null);
}

export interface Found {
  readonly records: readonly TrialRecord[];
  /** See `bestOf`. */
  readonly best: TrialRecord;
  /** How many of the best trials are asked what they share. */
  readonly consensus: number;
  /** Whether these values of params of stages before the search leave its images as they are. */
  isOwn(pipeline: JsonObject): boolean;
}

export async function writeResults(outputs: Outputs, study: StudySettings, found: Found): Promise<void> {
  const { records, best, consensus } = found;
  const { space, objectives } = study;
  const [objective, second] = objectives;
  const observations = records.map(observationOf);
  const goals = objectives.map(({ goal }) => goal);
  const front = paretoSet(observations, goals).map(({ trial }) => trial);
  const matters = importances(space, observations, objective.goal);
  fs.writeFileSync(outputs['trials.jsonl'] ?? '', records.map(lineOf).join(''));
  fs.writeFileSync(outputs['trials.csv'] ?? '', tableOf(study, records));
  writeJson(outputs['settings.json'], {
    ...settingsOf(study, best, found),
    ...(second === undefined
      ? {}
      : { pareto: front.map((trial) => settingsOf(study, records[trial] as TrialRecord, found)) }),
  });
  writeJson(outputs['consensus.json'], {
    best: consensus,
    params: agreements(space, observations, objective.goal, consensus) as unknown as Json,
  });
  writeJson(outputs['importance.json'], {
    method: 'PED-ANOVA',
    metric: objective.metric,
    params: matters as unknown as Json,
  });
  writeJson(outputs['metrics.json'], metricsOf(study, records, best, front.length));
  const charts: Chart[] = [
    historyChart(records, objective),
    parallelChart(space, records, objective),
    importanceChart(matters),
    courseChart(records, objective, study.pruner.pruner === 'wilcoxon' ? 'fold' : 'epoch'),
    ...sliceCharts(space, records, objective),
    ...(second === undefined ? [] : [paretoChart(records, [objective, second], new Set(front))]),
  ];
  await writeCharts(outputs.charts ?? '', charts);
}

/**
 * What `train` takes by `from`; `pipeline` are the values of params of stages before the search, and `otherImages` says that
 * with them the trial saw other images than the search's own input has.
 */
function settingsOf({ objectives }: StudySettings, record: TrialRecord, { isOwn }: Found): JsonObject {
  const pipeline = record.pipeline as JsonObject;
  return {
    trial: record.trial,
    objectives: objectives.map(({ metric, goal }, i) => ({ metric, goal, value: record.values[i] ?? null })),
    settings: record.use as JsonObject,
    ...(Object.keys(pipeline).length === 0 ? {} : { pipeline }),
    ...(isOwn(pipeline) ? {} : { otherImages: true }),
  };
}

function metricsOf(
  { objectives }: StudySettings,
  records: readonly TrialRecord[],
  best: TrialRecord,
  front: number,
): JsonObject {
  const count = (state: RecordState) => records.filter((record) => record.state === state).length;
  const states = (['pruned', 'failed', 'infeasible', 'collapsed'] as const).map((state) => [state, count(state)]);
  return {
    ...Object.fromEntries(objectives.map(({ metric }, i) => [metric, best.values[i] ?? null])),
    bestTrial: best.trial,
    trials: records.length,
    ...Object.fromEntries(states.filter(([, number]) => number !== 0)),
    ...(objectives.length === 1 ? {} : { paretoSet: front }),
    epochs: records.reduce((sum, { epochs, sameAs }) => sum + (sameAs === null ? epochs : 0), 0),
  };
}

function tableOf({ space, objectives }: StudySettings, records: readonly TrialRecord[]): string {
  const paths = space.dimensions.map(({ path }) => path);
  const columns = objectives.map(({ metric }) => metric);
  const metrics = [...new Set(records.flatMap((record) => Object.keys(record.metrics)))].filter(
    (name) => !columns.includes(name),
  );
  const head = ['trial', 'state', ...columns, 'deviation', 'epochs', 'params', 'flops', 'sameAs'];
  const rows = records.map((record) =>
    [
      record.trial,
      record.state,
      ...columns.map((_, i) => record.values[i] ?? null),
      record.deviation,
      record.epochs,
      record.cost?.params ?? null,
      record.cost?.flops ?? null,
      record.sameAs,
      ...paths.map((path) => record.settings[path] ?? null),
      ...metrics.map((name) => record.metrics[name] ?? null),
    ].map(cellText),
  );
  return formatCsv([...head, ...paths, ...metrics], rows);
}

function cellText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function writeJson(file: string | undefined, value: JsonObject): void {
  fs.writeFileSync(file ?? '', `${JSON.stringify(value, null, 2)}\n`);
}
