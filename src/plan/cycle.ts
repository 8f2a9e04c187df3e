/** Names the stages of a cycle, so that the message shows the loop and not only that there is one. */
import { type Problem, problem } from '../base/problem.ts';
import type { Experiment, Stage } from '../config/stage.ts';

/** @param producers must contain a cycle. */
export function findCycle(experiment: Experiment, producers: ReadonlyMap<string, readonly string[]>): Problem {
  const loop = walkIntoLoop(producers);
  const shown = [...loop, loop[0]].map((name) => `\`${name}\``).join(' needs ');
  const first = experiment.stages.get(loop[0] as string) as Stage;
  return problem('E0410', `stages need each other in a circle: ${shown}`, {
    at: first.at,
    stage: first.name,
    expected: 'a graph without circles',
    hint: `remove one of these inputs, or give one stage another output`,
  });
}

/** Drops stages that wait for nothing until only circles and what hangs on them is left, then follows producers. */
function walkIntoLoop(producers: ReadonlyMap<string, readonly string[]>): string[] {
  const left = new Set(producers.keys());
  let shrinking = true;
  while (shrinking) {
    shrinking = false;
    for (const name of left) {
      if (!(producers.get(name) ?? []).some((each) => left.has(each))) {
        left.delete(name);
        shrinking = true;
      }
    }
  }
  const path: string[] = [];
  let name = left.values().next().value as string;
  while (!path.includes(name)) {
    path.push(name);
    name = (producers.get(name) ?? []).find((each) => left.has(each)) as string;
  }
  return path.slice(path.indexOf(name)).reverse();
}
