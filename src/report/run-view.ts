/**
 * What the terminal needs to know of a run: a state, and how each event changes it.
 *
 * No text, no output, no clock: time comes with the events and from the caller. `apply` is the only place that changes a
 * view. Finished stages are counted, not kept, so that ten thousand of them cost nothing.
 */
import type { Reason } from '../decide/reason.ts';
import type { RunEvent, StageStatus } from './events.ts';

export interface RunView {
  stages: number;
  /** More than one experiment: stages are shown with theirs. */
  severalExperiments: boolean;
  /** By `stageLabel`, in the order in which they started. */
  readonly running: Map<string, RunningStage>;
  readonly counts: Record<StageStatus, number>;
  /** Longest label seen, in characters. */
  labelWidth: number;
}

export interface RunningStage {
  readonly label: string;
  readonly startedMs: number;
  readonly reasons: readonly Reason[];
  readonly forecastSeconds: number | null;
  readonly progress: {
    readonly done: number;
    readonly total: number;
    readonly unit: string;
    readonly message: string;
  } | null;
  /** What it waits for before it can go on; null: nothing. */
  readonly waiting: string | null;
}

export function emptyView(): RunView {
  return {
    stages: 0,
    severalExperiments: false,
    running: new Map(),
    counts: { ran: 0, cached: 0, restored: 0, failed: 0, blocked: 0, skipped: 0 },
    labelWidth: 0,
  };
}

/** @param nowMs  the caller's clock, in milliseconds. */
export function apply(view: RunView, event: RunEvent, nowMs: number): void {
  switch (event.event) {
    case 'started':
      view.stages = event.stages;
      view.severalExperiments = event.experiments.length > 1;
      break;
    case 'stage-started':
      begin(view, event, nowMs, { reasons: event.reasons, forecastSeconds: event.forecastSeconds, waiting: null });
      break;
    case 'stage-waiting':
      begin(view, event, nowMs, { waiting: event.message });
      break;
    case 'stage-progress': {
      const { done, total, unit } = event;
      begin(view, event, nowMs, { waiting: null, progress: { done, total, unit, message: event.message ?? '' } });
      break;
    }
    case 'stage-finished': {
      const label = stageLabel(view, event);
      view.running.delete(label);
      if (event.variant === undefined) view.counts[event.status]++;
      view.labelWidth = Math.max(view.labelWidth, label.length);
      break;
    }
    case 'problem':
    case 'summary':
      break;
  }
}

/** A stage may wait before it starts, so any event about one can be the first. */
function begin(view: RunView, event: StageName, nowMs: number, changes: Partial<RunningStage>): void {
  const label = stageLabel(view, event);
  const known = view.running.get(label);
  const fresh: RunningStage = {
    label,
    startedMs: nowMs,
    reasons: [],
    forecastSeconds: null,
    progress: null,
    waiting: null,
  };
  const restarted = known?.waiting !== null && changes.waiting === null ? { startedMs: nowMs } : {};
  view.running.set(label, { ...(known ?? fresh), ...restarted, ...changes });
  view.labelWidth = Math.max(view.labelWidth, label.length);
}

/** What an event says of which stage it is about. */
type StageName = Pick<Extract<RunEvent, { event: 'stage-finished' }>, 'experiment' | 'stage' | 'variant'>;

/**
 * `train`, or `no-augment/train` where several experiments run together. `augment (copies=4)` for a stage that another one asked
 * to see under other params.
 */
export function stageLabel(view: Pick<RunView, 'severalExperiments'>, event: StageName): string {
  const name = view.severalExperiments ? `${event.experiment}/${event.stage}` : event.stage;
  if (event.variant === undefined) return name;
  const values = Object.entries(event.variant).map(
    ([path, value]) => `${path.replace(`${event.stage}.`, '')}=${JSON.stringify(value)}`,
  );
  return `${name} (${values.join(', ')})`;
}

/** Stages that are done with, in whatever way. */
export function finishedCount(view: RunView): number {
  return Object.values(view.counts).reduce((sum, each) => sum + each, 0);
}
