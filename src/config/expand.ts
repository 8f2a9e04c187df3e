/**
 * `foreach` and `matrix`: one entry of `stages:` becomes the stages it stands for, named as DVC names them.
 *
 * `name@value` for plain items, `name@index` for a list that holds lists or maps, `name@key` for a map, `name@a-b` for a
 * matrix. Two combinations that get one name are an error: none is lost silently.
 */
import type { Problem } from '../base/problem.ts';
import { type Interpolation, interpolate, type Scope } from './interpolate.ts';
import type { ProblemList } from './problem-list.ts';
import { hasControlCharacter } from './stage-name.ts';
import { printed } from './template.ts';
import {
  type Entry,
  kindOf,
  type MapTree,
  mapTree,
  type Place,
  type ScalarTree,
  scalarTree,
  type Tree,
} from './tree.ts';

/** A stage as written, before its fields are looked at. */
export interface WrittenStage {
  readonly name: string;
  readonly group: string;
  readonly nameAt: Place;
  readonly body: MapTree;
  readonly scope: Scope;
}

/** More stages than this from one entry is a mistake, such as a matrix over whole files. */
const MAX_COMBINATIONS = 100_000;
const MAKERS = ['foreach', 'do', 'matrix'];

export function expandStages(
  stages: MapTree,
  scope: Scope,
  faulty: ReadonlySet<string>,
  problems: ProblemList,
): readonly WrittenStage[] {
  const made = new Map<string, WrittenStage>();
  for (const [group, entry] of stages.entries) {
    if (entry.value.kind !== 'map' || faulty.has(group)) continue;
    for (const stage of expandEntry(group, entry, entry.value, scope, problems)) {
      const earlier = made.get(stage.name);
      if (earlier === undefined) made.set(stage.name, stage);
      else reportCollision(stage, earlier, problems);
    }
  }
  return [...made.values()];
}

function reportCollision(stage: WrittenStage, earlier: WrittenStage, problems: ProblemList): void {
  const message =
    stage.group === earlier.group
      ? `two items of \`${stage.group}\` give a stage the name \`${stage.name}\``
      : `\`${stage.group}\` and \`${earlier.group}\` both give a stage the name \`${stage.name}\``;
  const related: Pick<Problem, 'related'> =
    earlier.nameAt === null ? {} : { related: { at: earlier.nameAt, message: 'the first one' } };
  const hint = 'make the items differ, or write them as a map `{name: value}`';
  problems.error('E0207', stage.nameAt, message, { stage: stage.name, hint, ...related });
}

function expandEntry(
  group: string,
  entry: Entry,
  body: MapTree,
  scope: Scope,
  problems: ProblemList,
): readonly WrittenStage[] {
  const foreach = body.entries.get('foreach');
  const matrix = body.entries.get('matrix');
  const inner = body.entries.get('do');
  const fault = (at: Place, message: string, hint: string): [] => {
    problems.error('E0222', at, message, { stage: group, hint });
    return [];
  };
  if (foreach === undefined && matrix === undefined) {
    if (inner !== undefined)
      return fault(inner.keyAt, `\`do\` of \`${group}\` has no \`foreach\``, 'add `foreach: [a, b]`');
    return [{ name: group, group, nameAt: entry.keyAt, body, scope }];
  }
  if (foreach !== undefined && matrix !== undefined) {
    return fault(
      matrix.keyAt,
      `\`${group}\` has both \`foreach\` and \`matrix\``,
      'keep one; a matrix can hold the items too',
    );
  }
  const how: Interpolation = { scope, problems, stage: group };
  if (matrix !== undefined) {
    const own = mapTree(new Map([...body.entries].filter(([key]) => key !== 'matrix')), body.at);
    if (inner !== undefined)
      return fault(inner.keyAt, `\`do\` of \`${group}\` belongs to \`foreach\``, 'put its fields beside `matrix`');
    return expandMatrix(group, entry, own, matrix, how);
  }
  if (foreach === undefined) return [];
  if (inner?.value.kind !== 'map')
    return fault(foreach.keyAt, `\`foreach\` of \`${group}\` has no \`do\``, 'add `do:` with the stage in it');
  for (const [key, other] of body.entries) {
    if (!MAKERS.includes(key)) return fault(other.keyAt, `\`${key}\` stands beside \`foreach\``, 'move it into `do`');
  }
  for (const [key, nested] of inner.value.entries) {
    if (MAKERS.includes(key))
      return fault(nested.keyAt, `\`${key}\` stands inside \`do\``, 'use `matrix` for several lists');
  }
  return expandForeach(group, entry, inner.value, foreach, how);
}

function expandForeach(
  group: string,
  entry: Entry,
  body: MapTree,
  foreach: Entry,
  how: Interpolation,
): readonly WrittenStage[] {
  const errorsBefore = how.problems.errorCount;
  const items = interpolate(foreach.value, how);
  if (how.problems.errorCount > errorsBefore) return [];
  if (items.kind === 'map') {
    return [...items.entries].map(([key, item]) =>
      makeStage(group, entry, body, key, { key: scalarTree(key, item.keyAt), item: item.value }, how),
    );
  }
  if (items.kind !== 'list') {
    how.problems.error('E0222', items.at, `\`foreach\` of \`${group}\` is ${kindOf(items)}`, {
      stage: group,
      expected: 'a list or a map',
    });
    return [];
  }
  const isComposite = items.items.some((item) => item.kind !== 'scalar');
  return items.items.map((item, index) => {
    const label = isComposite || item.kind !== 'scalar' ? String(index) : stageLabel(item.value);
    return makeStage(group, entry, body, label, { item }, how);
  });
}

function expandMatrix(
  group: string,
  entry: Entry,
  body: MapTree,
  matrix: Entry,
  how: Interpolation,
): readonly WrittenStage[] {
  const errorsBefore = how.problems.errorCount;
  const lists = interpolate(matrix.value, how);
  if (how.problems.errorCount > errorsBefore) return [];
  if (lists.kind !== 'map') {
    how.problems.error('E0222', lists.at, `\`matrix\` of \`${group}\` is ${kindOf(lists)}`, {
      stage: group,
      expected: 'a map of lists',
    });
    return [];
  }
  const combinations = combine(lists, how.problems, group, stageLabel);
  return combinations.map(({ label, values }) => {
    const item = mapTree(new Map([...values].map(([key, value]) => [key, { keyAt: value.at, value }])), matrix.keyAt);
    return makeStage(group, entry, body, label, { key: scalarTree(label, matrix.keyAt), item }, how);
  });
}

/** A value in the name of a stage, where DVC writes truth values its own way: `prepare@True`. */
function stageLabel(value: ScalarTree['value']): string {
  if (typeof value !== 'boolean') return printed(value);
  return value ? 'True' : 'False';
}

export interface Combination {
  /** The values joined by `-`; a list or a map is named by its key and position: `var0`. */
  readonly label: string;
  /** The parts of the label, in the order of `values`. */
  readonly labels: readonly string[];
  readonly values: ReadonlyMap<string, Tree>;
}

/** The product of the lists of a map, the last list running fastest. Reports what is not a list, and too large products. */
export function combine(
  lists: MapTree,
  problems: ProblemList,
  group: string,
  labelOf: (value: ScalarTree['value']) => string = printed,
): readonly Combination[] {
  let combinations: { labels: string[]; values: Map<string, Tree> }[] = [{ labels: [], values: new Map() }];
  for (const [key, { value: list }] of lists.entries) {
    if (list.kind !== 'list') {
      problems.error('E0222', list.at, `\`${key}\` in the matrix of \`${group}\` is ${kindOf(list)}`, {
        expected: 'a list',
      });
      return [];
    }
    if (combinations.length * list.items.length > MAX_COMBINATIONS) {
      problems.error('E0222', list.at, `the matrix of \`${group}\` has more than ${MAX_COMBINATIONS} combinations`);
      return [];
    }
    combinations = combinations.flatMap(({ labels, values }) =>
      list.items.map((item, index) => ({
        labels: [...labels, item.kind === 'scalar' ? labelOf(item.value) : `${key}${index}`],
        values: new Map(values).set(key, item),
      })),
    );
  }
  return combinations.map(({ labels, values }) => ({ label: labels.join('-'), labels, values }));
}

function makeStage(
  group: string,
  entry: Entry,
  body: MapTree,
  label: string,
  names: Readonly<Record<string, Tree>>,
  how: Interpolation,
): WrittenStage {
  for (const name of Object.keys(names)) {
    if (how.scope.some((layer) => layer.entries.has(name))) {
      const message = `\`\${${name}}\` in \`${group}\` is the item, not the value of that name`;
      how.problems.warn('E0310', entry.keyAt, message, { stage: group });
    }
  }
  const layer = mapTree(
    new Map(Object.entries(names).map(([name, value]) => [name, { keyAt: value.at, value }])),
    null,
  );
  const shown = hasControlCharacter(label) ? JSON.stringify(label).slice(1, -1) : label;
  return { name: `${group}@${shown}`, group, nameAt: entry.keyAt, body, scope: [layer, ...how.scope] };
}
