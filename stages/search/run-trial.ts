/** One trial, from its settings to its record: its data, its cost, its trainings part by part, and the pruner's word between. */
import { type StageContext, StageError } from '../../src/sdk/index.ts';
import { outputsFor, summarize } from '../lib/models/summarize.ts';
import { violationOf } from '../lib/search/constraints.ts';
import { createPruner } from '../lib/search/create-pruner.ts';
import { paramsOf } from '../lib/search/space.ts';
import type { Observation, Pruner, Report, Settings } from '../lib/search/types.ts';
import type { TrainSettings } from '../lib/training/train-types.ts';
import type { BehindBackbone } from './behind-backbone.ts';
import { decisionEpochs } from './decision-epochs.ts';
import type { Cell, Measured, Measurer } from './measure-cell.ts';
import { partSettings } from './paths.ts';
import { COST_METRICS, type CostMetric, type StudySettings } from './study-settings.ts';
import { summarizeCells, valueAtEpoch } from './summarize-cells.ts';
import { WorkerLost } from './trainer.ts';
import type { DataSource, TrialData } from './trial-data.ts';
import { NO_RESULT, type RecordState, type TrialRecord } from './trial-record.ts';

export interface TrialTools {
  readonly context: Pick<StageContext, 'signal' | 'reaches'>;
  readonly study: StudySettings;
  readonly source: DataSource;
  readonly behind: BehindBackbone;
  readonly measurer: Measurer;
  readonly cells: readonly Cell[];
  /** Told of every part of a training, for the journal. */
  onPart(trial: number, cell: number, part: Measured): void;
  onReport(trial: number, report: Report): void;
}

type Trained = Pick<TrialRecord, 'state' | 'reports'> & { readonly parts: readonly Measured[] };

/** A trial that fails is a record as any other. @throws when the run was interrupted. */
export async function runTrial(
  tools: TrialTools,
  trial: number,
  settings: Settings,
  history: readonly Observation[],
): Promise<TrialRecord> {
  const { context, study, source, behind } = tools;
  const { own, reached } = partSettings(paramsOf(study.space, settings), context.reaches);
  const began: TrialRecord = { ...NO_RESULT, trial, state: 'failed', settings, use: own, pipeline: reached };
  let cost: TrialRecord['cost'] = null;
  try {
    const train = study.trainSettings(own);
    const data = await behind.see(train, await source.under(reached));
    cost = costOf(train, data);
    const violation = violationOf(study.constraints, cost);
    if (violation > 0) return { ...began, state: 'infeasible', cost, violation };
    const trained = await trainAll(tools, trial, train, data, history);
    return recordOf(tools, { ...began, cost }, trained, data.classes);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isOfTrial(error)) throw error;
    return { ...began, cost, problem: error instanceof StageError ? error.message : `${error.name}: ${error.message}` };
  }
}

/** What the machine did to it is no result: a full disk, a worker that was killed, a backend that cannot be opened. */
function isOfTrial(error: unknown): error is Error {
  if (!(error instanceof Error) || 'syscall' in error || error instanceof WorkerLost) return false;
  return !(error instanceof StageError && /^E115\d$/.test(error.code ?? ''));
}

/** Bytes of a weight as it is saved. */
const WEIGHT_BYTES = 4;

function costOf({ model }: TrainSettings, { inputs, classes, before }: TrialData): NonNullable<TrialRecord['cost']> {
  const head = summarize(model, inputs.shape, outputsFor(classes));
  const params = head.totalParams + before.params;
  return { params, flops: head.flops + before.flops, size: params * WEIGHT_BYTES };
}

async function trainAll(
  tools: TrialTools,
  trial: number,
  settings: TrainSettings,
  data: TrialData,
  history: readonly Observation[],
): Promise<Trained> {
  const { study } = tools;
  const [objective] = study.objectives;
  const pruner = createPruner(study.pruner, objective.goal);
  if (study.pruner.pruner === 'wilcoxon') return trainInTurn(tools, trial, settings, data, history, pruner);
  const pauses = decisionEpochs(study.pruner, settings.epochs, settings.evalEvery);
  const inParts = pauses.length > 0;
  let parts: readonly Measured[] = [];
  let reports: readonly Report[] = [];
  for (const until of [...pauses, null]) {
    parts = await Promise.all(
      tools.cells.map(async (cell, place) => {
        const before = parts[place];
        if (before !== undefined && before.ended !== 'paused') return before;
        const part = await tools.measurer.measure(data, settings, cell, until, inParts);
        tools.onPart(trial, place, part);
        return part;
      }),
    );
    const known = reports.length;
    reports = reportsOf(parts, objective.metric, until ?? Number.POSITIVE_INFINITY);
    for (const report of reports.slice(known)) tools.onReport(trial, report);
    if (parts.every(({ ended }) => ended !== 'paused')) break;
    if (until !== null && pruner.stops(trial, reports, history)) {
      tidy(tools, data, settings, inParts);
      return { state: 'pruned', parts, reports };
    }
  }
  tidy(tools, data, settings, inParts);
  return { state: 'complete', parts, reports };
}

function tidy({ cells, measurer }: TrialTools, data: TrialData, settings: TrainSettings, inParts: boolean): void {
  if (inParts) for (const cell of cells) measurer.forget(data, settings, cell);
}

/** Fold by fold: after each, the pruner compares with the best trial on the same folds. */
async function trainInTurn(
  tools: TrialTools,
  trial: number,
  settings: TrainSettings,
  data: TrialData,
  history: readonly Observation[],
  pruner: Pruner,
): Promise<Trained> {
  const { metric } = tools.study.objectives[0];
  const parts: Measured[] = [];
  const reports: Report[] = [];
  for (const [place, cell] of tools.cells.entries()) {
    const part = await tools.measurer.measure(data, settings, cell, null, false);
    tools.onPart(trial, place, part);
    parts.push(part);
    const report: Report = [place + 1, part.kept[metric] ?? Number.NaN];
    reports.push(report);
    tools.onReport(trial, report);
    if (place + 1 < tools.cells.length && pruner.stops(trial, reports, history))
      return { state: 'pruned', parts, reports };
  }
  return { state: 'complete', parts, reports };
}

/** After each epoch that was measured: the mean over trainings, one that had ended counting with its last value. */
function reportsOf(parts: readonly Measured[], metric: string, until: number): Report[] {
  if (COST_METRICS.some((each) => each === metric)) return [];
  const epochs = new Set(parts.flatMap(({ history }) => history.map((record) => record.epoch ?? 0)));
  return [...epochs]
    .filter((epoch) => epoch <= until)
    .sort((a, b) => a - b)
    .map((epoch): Report => {
      const values = parts.map((part) => valueAtEpoch(part, metric, epoch));
      return [epoch, values.reduce((sum, value) => sum + value, 0) / values.length];
    });
}

function recordOf({ study, cells }: TrialTools, began: TrialRecord, trained: Trained, classes: number): TrialRecord {
  const { parts, reports } = trained;
  const summary = summarizeCells(cells, parts, study.objectives[0].metric);
  const epochs = parts.reduce((sum, part) => sum + part.epochs, 0);
  const cost = { ...(began.cost as NonNullable<TrialRecord['cost']>), epochs };
  const all = { ...summary, epochs, reports: reports.filter(([, value]) => Number.isFinite(value)) };
  if (trained.state === 'pruned') return { ...began, ...all, state: 'pruned', deviation: null };
  const values = study.objectives.map(({ metric }) =>
    COST_METRICS.some((each) => each === metric) ? cost[metric as CostMetric] : (summary.metrics[metric] ?? Number.NaN),
  );
  if (!values.every(Number.isFinite)) {
    const missing = study.objectives.filter((_, i) => !Number.isFinite(values[i])).map(({ metric }) => `\`${metric}\``);
    return { ...began, ...all, deviation: null, problem: `no number for ${missing.join(', ')}` };
  }
  const state: RecordState = isCollapsed(parts, classes) ? 'collapsed' : 'complete';
  return { ...began, ...all, state, values };
}

/** A network that gives every image one class has a balanced accuracy of just 1 / classes. */
function isCollapsed(parts: readonly Measured[], classes: number): boolean {
  return parts.every(({ kept }) => Math.abs((kept['validation.balancedAccuracy'] ?? Number.NaN) - 1 / classes) < 1e-12);
}
