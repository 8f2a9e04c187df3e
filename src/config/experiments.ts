/** `experiments:` to named lists of overrides, matrices multiplied out, repetitions given their seeds. */
import { didYouMean } from '../base/did-you-mean.ts';
import type { Json } from '../base/json.ts';
import { combine } from './expand.ts';
import type { Override } from './override.ts';
import type { ProblemList } from './problem-list.ts';
import { nameFault } from './stage-name.ts';
import { jsonFromTree, type MapTree, mapTree, type Place, type Tree } from './tree.ts';

/** The plain pipeline. */
export const MAIN = 'main';

export interface WrittenExperiment {
  readonly name: string;
  /** The name in the file, of which a matrix makes several. */
  readonly group: string;
  /** The name it shares with those that differ from it in seeds alone: rows of a table, repetitions in each. */
  readonly variant: string;
  readonly overrides: readonly Override[];
}

/** A path that gives a random stream its start: `params.seed`, `train.seed`, `params.yaml:base.seed`. */
export function isSeed(path: string): boolean {
  return /(^|[.:_])seed$/i.test(path);
}

/** The seed that repetitions vary when none is named. */
const USUAL_SEED = 'params.seed';

/**
 * Every experiment by name, `main` first, the others in file order.
 *
 * @param params  of `main`: the first repetition has its seed, so that what `main` has done is not done again.
 */
export function readExperiments(
  section: Tree | undefined,
  params: MapTree,
  problems: ProblemList,
): ReadonlyMap<string, WrittenExperiment> {
  const main: WrittenExperiment = { name: MAIN, group: MAIN, variant: MAIN, overrides: [] };
  const experiments = new Map<string, WrittenExperiment>([[MAIN, main]]);
  if (section?.kind !== 'map') return experiments;
  for (const [group, { keyAt, value }] of section.entries) {
    if (value.kind !== 'map') continue;
    for (const experiment of expandExperiment(group, value, params, problems)) {
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

/** Fields of an experiment that are no paths. */
const MAKERS = new Set(['matrix', 'repeats']);

function expandExperiment(
  group: string,
  body: MapTree,
  params: MapTree,
  problems: ProblemList,
): readonly WrittenExperiment[] {
  const fixed = [...body.entries]
    .filter(([path]) => !MAKERS.has(path))
    .map(([path, entry]) => override(path, entry.value, entry.keyAt));
  const matrix = body.entries.get('matrix')?.value;
  const repeats = readRepeats(body.entries.get('repeats')?.value, params);
  if (matrix?.kind !== 'map' && repeats === null) return [{ name: group, group, variant: group, overrides: fixed }];
  const lists = matrix?.kind === 'map' ? matrix : mapTree(new Map(), body.at);
  return combine(lists, problems, group).flatMap(({ labels, values }) => {
    const paths = [...values.keys()];
    const variant = nameOf(
      group,
      labels.filter((_, place) => !isSeed(paths[place] ?? '')),
    );
    const overrides = [
      ...fixed,
      ...[...values].map(([path, value]) => override(path, value, lists.entries.get(path)?.keyAt ?? value.at)),
    ];
    if (repeats === null) return [{ name: nameOf(group, labels), group, variant, overrides }];
    return repeats.seeds.map((seed, place) => ({
      name: nameOf(group, [...labels, String(place + 1)]),
      group,
      variant,
      overrides: [...overrides, at(repeats.path, seed, repeats.at)],
    }));
  });
}

function nameOf(group: string, labels: readonly string[]): string {
  return labels.length === 0 ? group : `${group}@${labels.join('-').replaceAll(/[/\\:]/g, '_')}`;
}

interface Repeats {
  readonly path: string;
  readonly seeds: readonly number[];
  readonly at: Place;
}

/** `repeats: 3`, or `repeats: { count: 3, seed: train.seed }`. Its shape was checked before. */
function readRepeats(tree: Tree | undefined, params: MapTree): Repeats | null {
  const fields = tree?.kind === 'map' ? tree.entries : null;
  const count = fields === null ? tree : fields.get('count')?.value;
  if (count?.kind !== 'scalar' || typeof count.value !== 'number') return null;
  const seed = fields?.get('seed')?.value;
  const path = seed?.kind === 'scalar' && typeof seed.value === 'string' ? seed.value : USUAL_SEED;
  const base = params.entries.get(path.replace(/^params\./, ''))?.value;
  const first = base?.kind === 'scalar' && Number.isInteger(base.value) ? Number(base.value) : 1;
  return { path, seeds: Array.from({ length: count.value }, (_, place) => first + place), at: count.at };
}

function override(path: string, value: Tree, place: Place): Override {
  return at(path, jsonFromTree(value), place);
}

function at(path: string, value: Json, place: Place): Override {
  return { path, value, ...(place === null ? {} : { at: place }) };
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
