/** Stages that take each other's results in a circle. Circles through paths are found when the plan is made. */
import type { FromInputs } from './from-inputs.ts';
import type { ProblemList } from './problem-list.ts';

/** Reports each circle once, at the reference that closes it. Iterative: a chain may be as long as the file. */
export function checkFromCycles(from: ReadonlyMap<string, FromInputs>, problems: ProblemList): void {
  const done = new Set<string>();
  for (const start of from.keys()) {
    if (done.has(start)) continue;
    const path: { name: string; rest: FromInputs[string][] }[] = [];
    const onPath = new Set<string>();
    const enter = (name: string) => {
      path.push({ name, rest: Object.values(from.get(name) ?? {}) });
      onPath.add(name);
    };
    enter(start);
    for (let here = path.at(-1); here !== undefined; here = path.at(-1)) {
      const next = here.rest.pop();
      if (next === undefined) {
        path.pop();
        onPath.delete(here.name);
        done.add(here.name);
      } else if (onPath.has(next.stage)) {
        const circle = path.map((each) => each.name);
        const names = [...circle.slice(circle.indexOf(next.stage)), next.stage].reverse();
        problems.error('E0410', next.at, `stages need each other's results: ${shown(names)}`, {
          stage: here.name,
          hint: `take the input of \`${here.name}\` from a stage outside the circle`,
        });
      } else if (!done.has(next.stage)) enter(next.stage);
    }
  }
}

function shown(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  const short = quoted.length <= 12 ? quoted : [...quoted.slice(0, 6), '...', ...quoted.slice(-3)];
  return short.join(' -> ');
}
