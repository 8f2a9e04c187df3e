/** Random pipelines of shell commands, the edits people make to them, and what a clean run gives: the oracle. */
import fs from 'node:fs';
import fc from 'fast-check';
import type { TestProject } from './project.ts';

export interface RandomStage {
  /** Indices of source files, and of earlier stages. */
  readonly sources: readonly number[];
  readonly needs: readonly number[];
  readonly param: number;
  readonly shape: 'file' | 'folder';
  /** `keep` passes all bytes on; `head` only the first, so that many edits end there (early cutoff). */
  readonly filter: 'keep' | 'head';
}

export interface State {
  readonly sources: string[];
  readonly stages: RandomStage[];
}

export type Edit =
  | { readonly kind: 'source'; readonly at: number; readonly text: string }
  | { readonly kind: 'param'; readonly at: number; readonly value: number }
  | { readonly kind: 'filter'; readonly at: number }
  | { readonly kind: 'delete-output'; readonly at: number }
  | { readonly kind: 'edit-output'; readonly at: number }
  | { readonly kind: 'damage-object'; readonly at: number }
  | {
      readonly kind: 'lose';
      readonly what: 'pipeline.lock' | 'cache/state' | 'cache/actions' | 'cache/objects' | 'artifacts';
    }
  | { readonly kind: 'nothing' };

const SOURCES = 3;
const text = fc.constantFrom('', 'a', 'b', 'ab\n', 'ac\n');

export const randomState: fc.Arbitrary<State> = fc
  .array(
    fc.record({
      sources: fc.uniqueArray(fc.nat(SOURCES - 1), { maxLength: 2 }),
      needs: fc.uniqueArray(fc.nat(9), { maxLength: 3 }),
      param: fc.nat(2),
      shape: fc.constantFrom('file' as const, 'folder' as const),
      filter: fc.constantFrom('keep' as const, 'head' as const),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .chain((stages) =>
    fc.array(text, { minLength: SOURCES, maxLength: SOURCES }).map((sources) => ({
      sources,
      stages: stages.map((stage, index) => ({ ...stage, needs: stage.needs.filter((each) => each < index) })),
    })),
  );

export const randomEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('source' as const), at: fc.nat(SOURCES - 1), text }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('param' as const), at: fc.nat(5), value: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('filter' as const), at: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('delete-output' as const, 'edit-output' as const, 'damage-object' as const),
      at: fc.nat(5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('lose' as const),
      what: fc.constantFrom(
        'pipeline.lock' as const,
        'cache/state' as const,
        'cache/actions' as const,
        'cache/objects' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('nothing' as const) }) },
);

/** Where stage `i` leaves its result, and the file in it that others read. */
export const placeOf = (index: number) => `out${index}`;
const fileOf = (state: State, index: number) =>
  state.stages[index]?.shape === 'folder' ? `out${index}/value` : `out${index}`;

export function writePipeline(project: TestProject, state: State): void {
  for (const [index, each] of state.sources.entries()) writeIfNew(project, `s${index}`, each);
  const stages = state.stages.map((stage, index) => {
    const inputs = [...stage.sources.map((each) => `s${each}`), ...stage.needs.map((each) => fileOf(state, each))];
    const filter = stage.filter === 'head' ? 'head -c 1' : 'cat';
    const make = stage.shape === 'folder' ? `mkdir -p out${index}/empty && ` : '';
    const cmd = `${make}{ cat /dev/null ${inputs.join(' ')} | ${filter}; echo \${p.v${index}}; } > ${fileOf(state, index)}`;
    const deps = [...stage.sources.map((each) => `s${each}`), ...stage.needs.map(placeOf)];
    return `  stage${index}: ${JSON.stringify({ cmd, deps, outs: [placeOf(index)] })}\n`;
  });
  const params = Object.fromEntries(state.stages.map((stage, index) => [`v${index}`, stage.param]));
  writeIfNew(project, 'pipeline.yaml', `params: ${JSON.stringify({ p: params })}\nstages:\n${stages.join('')}`);
}

/** Rewriting equal bytes would only test the stat cache; editors do it, so half of the files get it anyway. */
function writeIfNew(project: TestProject, name: string, content: string): void {
  if (!project.exists(name) || project.read(name) !== content) project.write(name, content);
}

/** What a clean run leaves in each stage's file. */
export function cleanResults(state: State): string[] {
  const results: string[] = [];
  for (const stage of state.stages) {
    const all = [...stage.sources.map((each) => state.sources[each]), ...stage.needs.map((each) => results[each])].join(
      '',
    );
    results.push(`${stage.filter === 'head' ? all.slice(0, 1) : all}${stage.param}\n`);
  }
  return results;
}

export function readResults(project: TestProject, state: State): string[] {
  return state.stages.map((_, index) => project.read(fileOf(state, index)));
}

/** Changes the state, or the project's disk behind the runner's back. */
export function applyEdit(project: TestProject, state: State, edit: Edit): State {
  const stages = [...state.stages];
  const sources = [...state.sources];
  const at = 'at' in edit ? edit.at % stages.length : 0;
  const stage = stages[at] as RandomStage;
  switch (edit.kind) {
    case 'source':
      sources[edit.at] = edit.text;
      break;
    case 'param':
      stages[at] = { ...stage, param: edit.value };
      break;
    case 'filter':
      stages[at] = { ...stage, filter: stage.filter === 'keep' ? 'head' : 'keep' };
      break;
    case 'delete-output':
      project.remove(placeOf(at));
      break;
    case 'edit-output':
      project.remove(placeOf(at));
      project.write(placeOf(at), 'edited by hand');
      break;
    case 'damage-object':
      damageObject(project, edit.at);
      break;
    case 'lose':
      project.remove(edit.what);
      break;
    case 'nothing':
      break;
  }
  return { sources, stages };
}

/** Other bytes of the same length under the same name, size and times kept. */
function damageObject(project: TestProject, pick: number): void {
  const folder = project.path('cache/objects');
  const objects = fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .map((each) => `${folder}/${each}`)
        .filter((each) => fs.statSync(each).isFile() && fs.statSync(each).size > 0)
    : [];
  const chosen = objects.sort()[pick % Math.max(1, objects.length)];
  if (chosen === undefined) return;
  const stat = fs.statSync(chosen);
  const bytes = fs.readFileSync(chosen);
  bytes[0] = (bytes[0] as number) ^ 1;
  fs.chmodSync(chosen, 0o644);
  fs.writeFileSync(chosen, bytes);
  fs.chmodSync(chosen, stat.mode);
  fs.utimesSync(chosen, stat.atime, stat.mtime);
}
