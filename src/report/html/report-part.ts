/** What the parts of a report are made from, and what they give. */
import type { Records } from '../../analyse/records.ts';
import type { Member } from '../../analyse/subject.ts';
import type { Content } from '../../base/markup.ts';
import type { RunRecord } from '../../generated/run.ts';
import type { StageFiles } from './stage-files.ts';

export interface ReportSource {
  readonly records: Records;
  /** As the reader asked for it: an experiment, a run, a revision. */
  readonly subject: string;
  readonly member: Member;
  /** Of each stage, producers first. */
  readonly files: readonly StageFiles[];
  /** The newest run that had this experiment; null when none is recorded here. */
  readonly run: RunRecord | null;
  /** Put before every id, so that two experiments can stand in one page. */
  readonly prefix: string;
}

export interface Part {
  readonly id: string;
  readonly title: string;
  readonly body: Content;
}

/** Null: there is nothing to show. */
export type PartOf = (source: ReportSource) => Promise<Part | null> | Part | null;
