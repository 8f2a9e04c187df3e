/**
 * Where outputs may lie: not at a place of the runner's own, not at one path twice, not one in another, not around what
 * their own stage reads.
 *
 * Each path looks up its own parents, so the cost grows with the number of paths and their depth, never with pairs.
 */
import { type ProjectPath, ROOT } from '../base/paths.ts';
import type { StageDraft } from './draft-stage.ts';
import { ownPlaceAround } from './own-places.ts';
import type { ProblemList } from './problem-list.ts';
import type { Output } from './stage.ts';

interface PlacedOutput {
  readonly stage: string;
  readonly path: ProjectPath;
  readonly output: Output;
}

/** @param read the pipeline file and the files params were read from. */
export function checkOutputPlaces(
  drafts: Iterable<StageDraft>,
  read: readonly ProjectPath[],
  dialect: 'pipe' | 'dvc',
  problems: ProblemList,
): void {
  const stages = [...drafts].filter((draft) => !draft.isSkipped);
  const outputs = stages.flatMap(({ stage }) =>
    stage.outs.flatMap((output): PlacedOutput[] =>
      output.path === null ? [] : [{ stage: stage.name, path: output.path, output }],
    ),
  );
  const readParents = new Map(read.flatMap((file) => [...parentsOf(file), file].map((parent) => [parent, file])));
  const byPath = new Map<ProjectPath, PlacedOutput>();
  for (const placed of outputs) {
    checkTaken(placed, readParents, dialect, problems);
    const earlier = byPath.get(placed.path);
    if (earlier === undefined) byPath.set(placed.path, placed);
    else reportOverlap(placed, earlier, problems);
  }
  for (const placed of outputs) {
    for (const parent of parentsOf(placed.path)) {
      const around = byPath.get(parent);
      if (around !== undefined) reportOverlap(placed, around, problems);
    }
  }
  for (const { stage } of stages) checkOwnDeps(stage, problems);
}

/** The folders a path lies in, the project itself included. */
export function parentsOf(path: ProjectPath): readonly ProjectPath[] {
  if (path === ROOT) return [];
  const parents: ProjectPath[] = [ROOT];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    parents.push(path.slice(0, slash) as ProjectPath);
  }
  return parents;
}

function checkTaken(
  { stage, path, output }: PlacedOutput,
  readParents: ReadonlyMap<ProjectPath, ProjectPath>,
  dialect: 'pipe' | 'dvc',
  problems: ProblemList,
): void {
  const read = readParents.get(path);
  const taken = ownPlaceAround(path, dialect);
  const why =
    path === ROOT
      ? 'is the project itself'
      : taken !== null
        ? `lies in \`${taken}\`, which belongs to ${taken === '.git' ? 'Git' : 'the runner'}`
        : path === '__proto__'
          ? 'has a name that JavaScript keeps for itself'
          : read === path
            ? 'is a file the pipeline is read from'
            : read !== undefined
              ? `holds \`${read}\`, which the pipeline is read from`
              : null;
  if (why === null) return;
  const hint = 'choose another place, such as `results/`';
  problems.error('E0407', output.at, `out \`${path}\` of \`${stage}\` ${why}`, { stage, path, hint });
}

function reportOverlap(inner: PlacedOutput, outer: PlacedOutput, problems: ProblemList): void {
  // The later one in the file is the one to mend.
  const [first, second] = isBefore(inner, outer) ? [inner, outer] : [outer, inner];
  const place = inner.path === outer.path ? 'is' : second === inner ? 'lies in' : 'holds';
  const message = `out \`${second.path}\` of \`${second.stage}\` ${place} out \`${first.path}\` of \`${first.stage}\``;
  problems.error('E0405', second.output.at, message, {
    stage: second.stage,
    path: second.path,
    related: { at: first.output.at, message: `out of \`${first.stage}\`` },
    hint: 'give each output a place of its own',
  });
}

function isBefore(a: PlacedOutput, b: PlacedOutput): boolean {
  return (
    a.output.at.line - b.output.at.line < 0 ||
    (a.output.at.line === b.output.at.line && a.output.at.column < b.output.at.column)
  );
}

function checkOwnDeps(stage: StageDraft['stage'], problems: ProblemList): void {
  const outs = new Map(stage.outs.flatMap((out) => (out.path === null ? [] : [[out.path, out] as const])));
  if (outs.size === 0) return;
  const deps = new Map(stage.deps.map((dep) => [dep.path, dep]));
  const report = (dep: ProjectPath, out: Output, how: string) =>
    problems.error('E0406', out.at, `out \`${out.path}\` of \`${stage.name}\` ${how} its own dep \`${dep}\``, {
      stage: stage.name,
      ...(out.path === null ? {} : { path: out.path }),
      related: { at: deps.get(dep)?.at ?? stage.at, message: 'the dep' },
      hint: 'a stage cannot read what it writes: use two places',
    });
  for (const [path, out] of outs) {
    if (deps.has(path)) report(path, out, 'is');
    for (const parent of parentsOf(path)) if (deps.has(parent)) report(parent, out, 'lies in');
  }
  for (const path of deps.keys()) {
    for (const parent of parentsOf(path)) {
      const out = outs.get(parent);
      if (out !== undefined) report(path, out, 'holds');
    }
  }
}
