/**
 * A DAG as an indented tree.
 *
 * Each stage stands once: below the last of its producers, with the others named behind it. So the text is as long as the
 * plan, however many edges there are.
 */

import { visible } from '../base/visible.ts';
import type { DagNode, DagView } from './dag-view.ts';
import { statusWord } from './stage-row.ts';

/** Deeper stages are not indented further. */
const DEEPEST = 30;

interface Place {
  readonly node: DagNode;
  readonly depth: number;
  readonly isLast: boolean;
  /** What the lines of ancestors put before it. */
  readonly stem: string;
}

/** Lines without line breaks. */
export function dagText({ nodes }: DagView): readonly string[] {
  const byIndex = new Map(nodes.map((node) => [node.index, node]));
  const children = new Map<number | null, DagNode[]>();
  for (const node of nodes) {
    const parent = parentOf(node);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [node]);
    else siblings.push(node);
  }
  const lines: string[] = [];
  const stack: Place[] = placesOf(children.get(null) ?? [], 0, '');
  for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
    const { node, depth, isLast, stem } = place;
    const branch = depth === 0 ? '' : isLast ? '└─ ' : '├─ ';
    const others = node.producers
      .filter((each) => each !== parentOf(node))
      .map((each) => visible(byIndex.get(each)?.label ?? ''));
    const needs = others.length === 0 ? '' : `   (also needs ${others.join(', ')})`;
    const status = node.status === null ? '' : `   ${statusWord(node.status)}`;
    lines.push(`${stem}${branch}${visible(node.label)}${needs}${status}`);
    const below = depth === 0 || depth >= DEEPEST ? stem : `${stem}${isLast ? '   ' : '│  '}`;
    stack.push(...placesOf(children.get(node.index) ?? [], depth + 1, below));
  }
  return lines;
}

/** The last producer in the order of the plan: below it, everything the stage needs has been drawn. */
function parentOf(node: DagNode): number | null {
  return node.producers.reduce<number | null>((last, each) => Math.max(last ?? each, each), null);
}

/** In reverse, because the end of the stack is drawn first. */
function placesOf(nodes: readonly DagNode[], depth: number, stem: string): Place[] {
  return nodes.map((node, index) => ({ node, depth, isLast: index === nodes.length - 1, stem })).reverse();
}
