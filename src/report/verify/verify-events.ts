/** The lines of `pipe verify --json`. */
import type { StageCheck, Verification } from '../../run/verify/verification.ts';

export type VerifyEvent =
  | ({ readonly event: 'stage-verified' } & StageCheck)
  | ({ readonly event: 'verification' } & Omit<Verification, 'stages'> & {
        /** Status by experiment, then by stage. */
        readonly stages: Readonly<Record<string, Readonly<Record<string, StageCheck['status']>>>>;
      });

/** The last line: all that holds for the whole. */
export function verificationEvent(verification: Verification): VerifyEvent {
  const stages: Record<string, Record<string, StageCheck['status']>> = {};
  for (const { experiment, stage, status } of verification.stages) {
    const inExperiment = stages[experiment] ?? {};
    inExperiment[stage] = status;
    stages[experiment] = inExperiment;
  }
  return { event: 'verification', ...verification, stages };
}
