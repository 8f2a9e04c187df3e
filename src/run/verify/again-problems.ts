/** The problems of stages that ran again, in words. */
import path from 'node:path';
import { type Problem, problem } from '../../base/problem.ts';
import type { Node } from '../../plan/graph.ts';
import type { Undeclared } from './trace.ts';
import type { Difference } from './verification.ts';

/** @param why  what the stage's program did. */
export function failedAgain(node: Node, why: Problem): Problem {
  const { name, at } = node.stage;
  return problem('E1311', `\`${name}\` failed when it ran again: ${why.message}`, {
    at,
    stage: name,
    experiment: node.experiment,
    expected: 'a stage that needs no files and no variables but those it declares',
    hint: 'list every file it reads under `deps`, and every variable under `env`',
  });
}

/** It made something else than it should have. */
export function another(
  code: 'E1310' | 'E1315',
  begin: string,
  node: Node,
  first: Difference,
  all: readonly Difference[],
): Problem {
  const file = first.file === '' ? first.output : `${first.output}/${first.file}`;
  const outputs = new Set(all.map((each) => each.output));
  const more = outputs.size - 1;
  const others = more === 0 ? '' : ` and ${more} more ${more === 1 ? 'output' : 'outputs'}`;
  const { name, at } = node.stage;
  return problem(code, `${begin} \`${file}\`${others}`, {
    at,
    stage: name,
    experiment: node.experiment,
    path: file,
    expected: 'a result that inputs, params and code alone decide',
    hint:
      code === 'E1310'
        ? `pipe verify --twice ${name}`
        : `give it a seed, or say how far its numbers may be off: \`verify: { tolerance: { ${first.output}: 1e-6 } }\``,
  });
}

/** What it read or asked for besides what it declares. */
export function undeclared(node: Node, found: Undeclared): readonly Problem[] {
  const { name, at, action } = node.stage;
  const where = { at, stage: name, experiment: node.experiment };
  const reads = found.reads.map((place) =>
    problem('E1321', `\`${name}\` reads \`${place}\`, which it does not declare`, {
      ...where,
      path: place,
      expected: 'every file it reads declared, so that a change of it reruns the stage',
      hint: path.isAbsolute(place)
        ? 'copy it into the project, and declare it'
        : action.kind === 'cmd'
          ? `deps: [${place}]`
          : `mark the param that names \`${place}\` with \`x-path\` in schemas/stages/${action.uses}.schema.json`,
    }),
  );
  const connections = found.connections.map((address) =>
    problem('E1323', `\`${name}\` connects to ${address}`, {
      ...where,
      expected: 'a stage whose result does not depend on what a server says',
      hint: 'fetch it once, in a stage of its own, and let that be frozen',
    }),
  );
  return [...reads, ...connections];
}
