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
  const waitsFor = new Map([...producers].map(([name, before]) => [name, before.length]));
  const consumers = new Map<string, string[]>([...left].map((name) => [name, []]));
  for (const [name, before] of producers) for (const producer of before) consumers.get(producer)?.push(name);
  const free = [...left].filter((name) => waitsFor.get(name) === 0);
  for (const name of free) {
    left.delete(name);
    for (const consumer of consumers.get(name) ?? []) {
      const others = (waitsFor.get(consumer) as number) - 1;
      waitsFor.set(consumer, others);
      if (others === 0) free.push(consumer);
    }
  }
  const walked = new Set<string>();
  let name = left.values().next().value as string;
  while (!walked.has(name)) {
    walked.add(name);
    name = (producers.get(name) ?? []).find((each) => left.has(each)) as string;
  }
  const path = [...walked];
  return path.slice(path.indexOf(name)).reverse();
}
