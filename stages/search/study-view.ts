/** What is said of a study while it runs: progress for the terminal, lines for the journal, the timeline for the record. */
import type { StageContext } from '../../src/sdk/index.ts';
import { lossOf } from '../lib/search/pareto.ts';
import type { Report, Settings } from '../lib/search/types.ts';
import type { Journal } from './journal.ts';
import type { Measured } from './measure-cell.ts';
import type { Objective } from './study-settings.ts';
import { isRanked, type RecordState, type TrialRecord } from './trial-record.ts';

/** One training as it was run now: when, in seconds since the search began, and by which worker. */
export interface Span {
  readonly trial: number;
  readonly cell: number;
  readonly from: number;
  readonly to: number;
  readonly worker: number;
}

export interface StudyView {
  onStart(trial: number, settings: Settings): void;
  onPart(trial: number, cell: number, part: Measured): void;
  onReport(trial: number, report: Report): void;
  onDone(record: TrialRecord): void;
  timeline(): readonly Span[];
  /** For the table of stages. @param isOwn  its images are those of the search's own input. */
  note(best: TrialRecord, isOwn: boolean): string;
}

/** A timeline of more would fill the record without telling more. */
const MOST_SPANS = 2000;

export function openStudyView(
  context: Pick<StageContext, 'progress'>,
  journal: Journal,
  { trials, objective }: { readonly trials: number; readonly objective: Objective },
): StudyView {
  const beganMs = performance.now();
  const spans: Span[] = [];
  const running = new Set<number>();
  const counts: Record<RecordState, number> = { complete: 0, collapsed: 0, pruned: 0, failed: 0, infeasible: 0 };
  let done = 0;
  let trained = 0;
  let remembered = 0;
  let best: TrialRecord | null = null;

  function tell(): void {
    // What matters most stands first: a narrow terminal cuts the end.
    const parts = [
      best === null ? 'no result yet' : `best ${best.values[0]?.toFixed(4)} (trial ${best.trial})`,
      `${running.size} running`,
      ...(['pruned', 'failed', 'infeasible', 'collapsed'] as const)
        .filter((state) => counts[state] > 0)
        .map((state) => `${counts[state]} ${state}`),
    ];
    context.progress(done, trials, 'trials', parts.join(', '));
  }

  const seconds = (sinceMs: number) => Math.round(sinceMs - beganMs) / 1000;
  return {
    onStart(trial, settings) {
      running.add(trial);
      journal.write({ event: 'start', trial, settings });
      tell();
    },
    onPart(trial, cell, { took, epochs, ended }) {
      if (took === null) remembered++;
      else {
        trained++;
        const from = seconds(took.startedMs);
        const to = seconds(took.startedMs + took.seconds * 1000);
        if (spans.length < MOST_SPANS) spans.push({ trial, cell, from, to, worker: took.worker });
      }
      const how = took === null ? { remembered: true } : { seconds: took.seconds, worker: took.worker };
      journal.write({ event: 'training', trial, cell, epochs, ended, ...how });
      tell();
    },
    onReport(trial, [step, value]) {
      journal.write({ event: 'report', trial, step, value: Number.isFinite(value) ? value : null });
    },
    onDone(record) {
      const { trial, state, values, epochs, sameAs, problem } = record;
      running.delete(trial);
      done++;
      counts[state]++;
      const isBetter = best === null || lossOf(values[0], objective.goal) < lossOf(best.values[0], objective.goal);
      if (isRanked(record) && isBetter) best = record;
      journal.write({ event: 'end', trial, state, values, epochs, sameAs, problem });
      tell();
    },
    timeline: () => spans,
    note(found, isOwn) {
      const total = trained + remembered;
      const fresh = remembered === 0 ? `${total} trainings` : `${trained} of ${total} trainings new`;
      const stopped = counts.pruned === 0 ? '' : `, ${counts.pruned} pruned`;
      const value = `best ${objective.metric} ${found.values[0]?.toFixed(4)} (trial ${found.trial} of ${done})`;
      // Whoever trains with the best settings alone would train on other images than the trial did.
      const pipeline = Object.entries(found.pipeline).map(([path, set]) => `${path}=${JSON.stringify(set)}`);
      const needs = isOwn ? '' : ` with ${pipeline.join(', ')}`;
      const warned = found.state === 'collapsed' ? ', which gives all images one class' : '';
      return `${value}${needs}${warned}${stopped}; ${fresh}`;
    },
  };
}
