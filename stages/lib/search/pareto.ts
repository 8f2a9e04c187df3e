/**
 * Orders of results: by one objective, or by which trials no other beats in every objective.
 *
 * Values are compared as losses: smaller is better, and NaN is worse than everything.
 */
import type { Goal, Observation } from './types.ts';

/** A value turned so that smaller is better. */
export function lossOf(value: number | undefined, goal: Goal): number {
  if (value === undefined || Number.isNaN(value)) return Infinity;
  return goal === 'minimize' ? value : -value;
}

/** @returns complete trials no other complete trial dominates, by trial number. Equal trials are all kept. */
export function paretoSet(history: readonly Observation[], goals: readonly Goal[]): readonly Observation[] {
  const complete = history.filter(({ state }) => state === 'complete');
  return (fronts(complete, goals)[0] ?? []).toSorted((a, b) => a.trial - b.trial);
}

/** Complete trials from best to worst; equal ones by number. Several objectives: front by front, the sparsest first. */
export function ranked(complete: readonly Observation[], goals: readonly Goal[]): readonly Observation[] {
  const byNumber = complete.toSorted((a, b) => a.trial - b.trial);
  const [goal] = goals;
  if (goals.length === 1 && goal !== undefined) {
    return byNumber.sort((a, b) => compare(lossOf(a.values[0], goal), lossOf(b.values[0], goal)));
  }
  return fronts(byNumber, goals).flatMap((front) => bySparsity(front, goals));
}

/** Non-dominated sorting: the first front is beaten by nobody, the second only by the first, and so on. */
function fronts(trials: readonly Observation[], goals: readonly Goal[]): Observation[][] {
  const result: Observation[][] = [];
  let rest = trials.map((trial) => ({ trial, losses: goals.map((goal, i) => lossOf(trial.values[i], goal)) }));
  while (rest.length > 0) {
    const front = rest.filter(({ losses }) => !rest.some((other) => dominates(other.losses, losses)));
    result.push(front.map(({ trial }) => trial));
    const taken = new Set(front);
    rest = rest.filter((each) => !taken.has(each));
  }
  return result;
}

function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((loss, i) => loss <= (b[i] as number)) && a.some((loss, i) => loss < (b[i] as number));
}

/**
 * The trials of a front, those with the most room around them first, so that a part of it still spans all of it.
 *
 * Crowding distance of Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II"
 * (2002).
 */
function bySparsity(front: readonly Observation[], goals: readonly Goal[]): Observation[] {
  const room = new Map(front.map((trial) => [trial, 0]));
  for (const [i, goal] of goals.entries()) {
    const loss = (trial: Observation | undefined) => lossOf(trial?.values[i], goal);
    const sorted = front.toSorted((a, b) => compare(loss(a), loss(b)));
    const span = loss(sorted.at(-1)) - loss(sorted[0]);
    for (const [rank, trial] of sorted.entries()) {
      const isEnd = rank === 0 || rank === sorted.length - 1;
      const gap = span > 0 ? (loss(sorted[rank + 1]) - loss(sorted[rank - 1])) / span : 0;
      room.set(trial, (room.get(trial) ?? 0) + (isEnd ? Infinity : gap));
    }
  }
  return front.toSorted((a, b) => compare(room.get(b) ?? 0, room.get(a) ?? 0));
}

/** Like a difference, but two infinities are equal. */
export function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
