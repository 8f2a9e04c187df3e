/** `--only`: the chosen stages alone, on what their producers left. Says when that is stale, refuses when it is not there. */

import { type Problem, problem, warning } from '../base/problem.ts';
import { operandWord } from '../base/shell-word.ts';
import type { Node } from '../plan/graph.ts';
import { withProducers } from '../plan/selection.ts';
import { evaluate } from './evaluate.ts';
import { absolute, type Session } from './session.ts';
import { exists } from './workspace.ts';

export async function checkProducers(
  session: Session,
  selected: ReadonlySet<number>,
): Promise<{ readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] }> {
  const errors: Problem[] = [];
  const warnings: Problem[] = [];
  const evaluations = await evaluate(session, withProducers(session.plan, selected), new Set());
  for (const index of selected) {
    const node = session.plan.nodes[index];
    if (node === undefined) continue;
    for (const input of node.inputs) {
      const maker = input.made === null ? undefined : session.plan.nodes[input.made.node];
      if (maker === undefined || selected.has(maker.index)) continue;
      if (!exists(absolute(session, input.path))) errors.push(notThere(node, maker, input.path));
    }
    for (const each of node.producers) {
      const maker = session.plan.nodes[each];
      if (maker === undefined || selected.has(each) || evaluations.get(each)?.freshness === 'fresh') continue;
      if (errors.length === 0) warnings.push(notFresh(node, maker));
    }
  }
  return { errors, warnings };
}

function notThere(node: Node, maker: Node, place: string): Problem {
  return problem('E0592', `\`${node.stage.name}\` needs \`${place}\`, which \`${maker.stage.name}\` has not made yet`, {
    at: node.stage.at,
    stage: node.stage.name,
    path: place,
    hint: `pipe run ${operandWord(maker.stage.name)}`,
  });
}

function notFresh(node: Node, maker: Node): Problem {
  return warning('E0592', `\`${node.stage.name}\` runs on what \`${maker.stage.name}\` left, which is not up to date`, {
    stage: node.stage.name,
    hint: `pipe run ${operandWord(maker.stage.name)}`,
  });
}
