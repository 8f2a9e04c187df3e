/**
 * What the runner and a stage's host say to each other besides the protocol of the SDK, and how much they say.
 *
 * The log and the environment are the host's business, not the stage's: they travel beside the message.
 */
import type { RunMessage } from '../sdk/protocol.ts';

export interface HostRequest {
  readonly run: RunMessage;
  /** Absolute path; both output streams of the process go there from now on. */
  readonly log: string;
  /** All variables of the kind that may differ between units of one warm process. */
  readonly env: Readonly<Record<string, string>>;
}

/** Names of failures the host finds itself, in `failed` messages; other names are a StageError's code or an error's name. */
export const NO_STAGE_FUNCTION = 'E0713';
export const WAITS_FOR_NOTHING = 'E0718';
