/** Names of the random streams of a study. */

/** The stream of a trial, which no other trial shares; every attempt at its settings has its own. */
export function streamName(trial: number, attempt: number): string {
  return attempt === 0 ? `sampler/trial-${trial}` : `sampler/trial-${trial}/attempt-${attempt}`;
}
