/** `experiments:` to named lists of overrides, matrices multiplied out. */
import { didYouMean } from '../base/did-you-mean.ts';
import { combine } from './expand.ts';
import type { Override } from './override.ts';
import type { ProblemList } from './problem-list.ts';
import { nameFault } from './stage-name.ts';
import { jsonFromTree, type MapTree, type Place, type Tree } from './tree.ts';

/** The plain pipeline. */
export const MAIN = 'main';

export interface WrittenExperiment {
  readonly name: string;
  /** The name in the file, of which a matrix makes several. */
  readonly group: string;
  readonly overrides: readonly Override[];
}

/** Every experiment by name, `main` first, the others in file order. */
export function readExperiments(
  section: Tree | undefined,
  problems: ProblemList,
): ReadonlyMap<string, WrittenExperiment> {
  const experiments = new Map<string, WrittenExperiment>([[MAIN, { name: MAIN, group: MAIN, overrides: [] }]]);
  if (section?.kind !== 'map') return experiments;
  for (const [group, { keyAt, value }] of section.entries) {
    if (value.kind !== 'map') continue;
    for (const experiment of expandExperiment(group, value, problems)) {
      const fault = nameFault(experiment.name, true);
      if (fault !== null) {
        problems.error('E0208', keyAt, `experiment name \`${printable(experiment.name)}\` ${fault}`, {
          experiment: experiment.name,
        });
      } else if (experiments.has(experiment.name)) reportTaken(experiment, keyAt, problems);
      else experiments.set(experiment.name, experiment);
    }
  }
  return experiments;
}

function reportTaken({ name, group }: WrittenExperiment, at: Place, problems: ProblemList): void {
  const message =
    name === MAIN
      ? '`main` is the plain pipeline, it takes no other values'
      : `two experiments of \`${group}\` get the name \`${name}\``;
  const hint =
    name === MAIN ? 'choose another name, or change the values themselves' : 'make the values of the matrix differ';
  problems.error('E0208', at, message, { experiment: name, hint });
}

function expandExperiment(group: string, body: MapTree, problems: ProblemList): readonly WrittenExperiment[] {
  const fixed = [...body.entries]
    .filter(([path]) => path !== 'matrix')
    .map(([path, entry]) => override(path, entry.value, entry.keyAt));
  const matrix = body.entries.get('matrix');
  if (matrix?.value.kind !== 'map') return [{ name: group, group, overrides: fixed }];
  const lists = matrix.value;
  return combine(lists, problems, group).map(({ label, values }) => ({
    name: `${group}@${label.replaceAll(/[/\\:]/g, '_')}`,
    group,
    overrides: [
      ...fixed,
      ...[...values].map(([path, value]) => override(path, value, lists.entries.get(path)?.keyAt ?? value.at)),
    ],
  }));
}

function override(path: string, value: Tree, at: Place): Override {
  return { path, value: jsonFromTree(value), ...(at === null ? {} : { at }) };
}

/** The experiments asked for, `main` first. The name of a matrix stands for all it makes. */
export function selectExperiments(
  asked: readonly string[] | 'all',
  experiments: ReadonlyMap<string, WrittenExperiment>,
  problems: ProblemList,
): readonly WrittenExperiment[] {
  if (asked === 'all') return [...experiments.values()];
  const chosen = new Set<WrittenExperiment>();
  for (const name of asked) {
    const exact = experiments.get(name);
    const made = exact === undefined ? [...experiments.values()].filter((each) => each.group === name) : [exact];
    for (const each of made) chosen.add(each);
    if (made.length > 0) continue;
    const hint = didYouMean(
      name,
      [...experiments.values()].flatMap((each) => [each.name, each.group]),
    );
    const names = [...experiments.keys()].slice(0, 20).map((each) => `\`${each}\``);
    const expected = `one of ${names.join(', ')}${experiments.size > 20 ? ', ...' : ''}`;
    problems.error('E0209', null, `there is no experiment \`${printable(name)}\``, {
      expected,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const main = [...chosen].filter((each) => each.name === MAIN);
  return [...main, ...[...chosen].filter((each) => each.name !== MAIN)];
}

function printable(name: string): string {
  return JSON.stringify(name.slice(0, 80)).slice(1, -1);
}
