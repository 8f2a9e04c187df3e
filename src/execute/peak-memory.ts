/**
 * The largest resident memory of a running tree of processes.
 *
 * Sampled, first soon and then rarely; the system keeps each process's own peak, so a sample misses only processes that
 * came and went between two. The figure adds the peaks of processes seen at one time: an upper bound for what the tree
 * needed at once.
 */
import { HAS_PROC, peakResidentBytes, processTree } from './proc.ts';

const FIRST_SAMPLE_MS = 10;
const LONGEST_INTERVAL_MS = 250;

export interface PeakWatch {
  /** Ends the watch. Null when the processes were too short to be seen. */
  stop(): number | null;
}

export function watchPeak(pid: number): PeakWatch {
  let peakBytes: number | null = null;
  let intervalMs = FIRST_SAMPLE_MS;
  let timer: NodeJS.Timeout | undefined;

  function sample(): void {
    let sum = 0;
    for (const each of processTree(pid)) sum += peakResidentBytes(each) ?? 0;
    if (sum > (peakBytes ?? 0)) peakBytes = sum;
    intervalMs = Math.min(intervalMs * 2, LONGEST_INTERVAL_MS);
    timer = setTimeout(sample, intervalMs);
  }

  if (HAS_PROC) timer = setTimeout(sample, intervalMs);
  return {
    stop() {
      clearTimeout(timer);
      return peakBytes;
    },
  };
}
