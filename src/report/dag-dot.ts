/** A DAG in DOT, the language of Graphviz. */

import { visible } from '../base/visible.ts';
import type { DagView } from './dag-view.ts';
import { statusWord } from './stage-row.ts';

/** Lines without line breaks. */
export function dagDot({ nodes }: DagView): readonly string[] {
  return [
    'digraph pipeline {',
    '  rankdir=TB; node [shape=box, style=rounded];',
    ...nodes.map(({ index, label, status }) => {
      const lines = [label, ...(status === null ? [] : [statusWord(status)])].map(escaped);
      return `  n${index} [label="${lines.join('\\n')}"];`;
    }),
    ...nodes.flatMap((node) => node.producers.map((producer) => `  n${producer} -> n${node.index};`)),
    '}',
  ];
}

function escaped(label: string): string {
  return visible(label).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
