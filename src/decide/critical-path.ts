/** How long the work behind a node takes: what is started first, and how long a run will take. Pure. */
import type { Plan } from '../plan/graph.ts';

/**
 * For each node the seconds from its start to the end of the longest chain of consumers after it.
 *
 * @param seconds  forecast of each node's own time; unknown ones count as `unknownSeconds`, so that long unknown chains start early.
 */
export function remainingSeconds(plan: Plan, seconds: readonly (number | null)[], unknownSeconds = 1): Float64Array {
  const remaining = new Float64Array(plan.nodes.length);
  for (let index = plan.nodes.length - 1; index >= 0; index--) {
    let longest = 0;
    for (const consumer of plan.nodes[index]?.consumers ?? []) longest = Math.max(longest, remaining[consumer] ?? 0);
    remaining[index] = longest + (seconds[index] ?? unknownSeconds);
  }
  return remaining;
}
