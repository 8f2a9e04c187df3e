/**
 * Reads `space:` as people write it, and says what is wrong with it. By path of a param:
 *
 *     optimizer.name: { choice: [sgd, adam] }
 *     optimizer.momentum: { range: [0.5, 0.99], when: { optimizer.name: sgd } }     # or a list of values: any of them
 *     optimizer.learningRate: { range: [1e-4, 1e-1], log: true }
 *     model.dense: { range: [32, 512], log: true, integer: true, when: { model.layers.length: { min: 2, max: 4 } } }
 *     model.dropout: { range: [0, 0.5], step: 0.1 }
 *     model.layers: { list: { length: { range: [1, 5] }, item: { filters: { choice: [8, 16] }, pool: { choice: [1, 2] } } } }
 *     model.widths: { list: { length: { choice: [2, 4] }, item: { range: [8, 64], integer: true } } }
 *
 * A `when` inside `item` means an attribute of the same element if there is one of that name, else a path of the space.
 */
import { isJsonObject, type Json } from '../../../src/base/json.ts';
import { fail, ok, type Result } from '../../../src/base/result.ts';
import type { SamplerName } from './create-sampler.ts';
import { orderDimensions } from './order-dimensions.ts';
import { parseDimension } from './parse-dimension.ts';
import { type Draft, parseList } from './parse-list.ts';
import { parseWhen, type Resolve } from './parse-when.ts';
import type { Dimension, ListPlace, Space } from './space.ts';
import { type Report, type SpaceProblem, written } from './space-problem.ts';

/** @returns the space, or every problem in it. */
export function parseSpace(spec: Json, sampler: SamplerName): Result<Space, readonly SpaceProblem[]> {
  const problems: SpaceProblem[] = [];
  const report: Report = (problem) => problems.push(problem);
  if (!isJsonObject(spec) || Object.keys(spec).length === 0) {
    const found = isJsonObject(spec) ? 'is empty' : `is ${written(spec)}`;
    const hint = 'space: { optimizer.learningRate: { range: [0.0001, 0.01], log: true } }';
    return fail([{ code: 'E1000', at: ['space'], message: `\`space\` ${found}, expected dimensions by path`, hint }]);
  }
  reportClashes(Object.keys(spec), report);

  const drafts: Draft[] = [];
  const lists: ListPlace[] = [];
  for (const [path, value] of Object.entries(spec)) {
    const at = ['space', path];
    if (isJsonObject(value) && 'list' in value) {
      const list = parseList(path, value, at, report);
      drafts.push(...(list?.drafts ?? []));
      if (list !== null) lists.push(list.place);
      continue;
    }
    const dimension = parseDimension(path, value, at, report);
    const when = isJsonObject(value) ? value.when : undefined;
    if (dimension !== null) drafts.push({ dimension, when, at: [...at, 'when'], scope: null, given: [] });
  }
  if (sampler === 'grid') for (const { dimension, at } of drafts) reportEndless(dimension, at.slice(0, -1), report);
  // A dimension that could not be read would be reported again as missing from the conditions that name it.
  if (problems.length > 0) return fail(problems);

  const dimensions = orderDimensions(withConditions(drafts, report), report);
  return problems.length > 0 ? fail(unique(problems)) : ok({ dimensions, lists });
}

function withConditions(drafts: readonly Draft[], report: Report): { dimension: Dimension; at: readonly string[] }[] {
  const byPath = new Map(drafts.map(({ dimension }) => [dimension.path, dimension]));
  return drafts.map(({ dimension, when, at, scope, given }) => {
    const resolve: Resolve = (path) => byPath.get(`${scope ?? ''}${path}`) ?? byPath.get(path) ?? null;
    const conditions = parseWhen(when, resolve, [...byPath.keys()], at, report);
    return { dimension: { ...dimension, when: [...given, ...conditions] }, at };
  });
}

/** Elements of a list share what is written about them, so each of them reports the same. */
function unique(problems: readonly SpaceProblem[]): SpaceProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, at }) => {
    const key = `${code} ${at.join('\n')}`;
    return !seen.has(key) && seen.add(key);
  });
}

function reportClashes(paths: readonly string[], report: Report): void {
  for (const path of paths) {
    if (path.split('.').some((part) => part === '')) {
      const hint = `use \`${
        path
          .split('.')
          .filter((part) => part !== '')
          .join('.') || 'model.filters'
      }\``;
      report({ code: 'E1011', at: ['space', path], message: `\`${path}\` is not a path of a param`, hint });
    }
    const above = paths.find((other) => path.startsWith(`${other}.`));
    if (above === undefined) continue;
    report({
      code: 'E1011',
      at: ['space', path],
      message: `\`${path}\` lies within \`${above}\`, which is a dimension itself`,
      hint: `leave one of the two out`,
    });
  }
}

function reportEndless(dimension: Dimension, at: readonly string[], report: Report): void {
  if (dimension.kind === 'choice' || dimension.step !== null || dimension.low === dimension.high) return;
  report({
    code: 'E1013',
    at,
    message: `\`${dimension.path}\` has endless values, and a grid tries all`,
    hint: `choice: [${dimension.low}, ${dimension.high}]`,
  });
}
