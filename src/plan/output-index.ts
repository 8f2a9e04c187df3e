/** Which stage makes what lies at a path: the outs of one experiment, searchable from above and from below. */
import type { ProjectPath } from '../base/paths.ts';
import type { Output, Stage } from '../config/stage.ts';
import { MAIN, outputLocation } from './locations.ts';

export interface MadeBy {
  readonly stage: Stage;
  readonly output: Output;
  /** As the pipeline file names it: the place in `main`. */
  readonly path: ProjectPath;
}

export interface OutputIndex {
  /** The output that is `path` or holds it. */
  above(path: ProjectPath): MadeBy | null;
  /** Outputs that lie inside `path`. */
  below(path: ProjectPath): readonly MadeBy[];
}

export function indexOutputs(stages: Iterable<Stage>): OutputIndex {
  const exact = new Map<string, MadeBy>();
  const inside = new Map<string, MadeBy[]>();
  for (const stage of stages) {
    for (const output of stage.outs) {
      const path = outputLocation(MAIN, stage, output);
      const made = { stage, output, path };
      exact.set(path, made);
      for (const folder of ancestors(path)) {
        const list = inside.get(folder);
        if (list === undefined) inside.set(folder, [made]);
        else list.push(made);
      }
    }
  }
  return {
    above(path) {
      const found = exact.get(path);
      if (found !== undefined) return found;
      for (const folder of ancestors(path)) {
        const holder = exact.get(folder);
        if (holder !== undefined) return holder;
      }
      return null;
    },
    below: (path) => inside.get(path) ?? [],
  };
}

/** Folders that hold a path, nearest first, the project root (`.`) last. */
function* ancestors(path: string): Generator<string> {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) yield path.slice(0, end);
  if (path !== '.') yield '.';
}
