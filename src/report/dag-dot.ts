/** A DAG in DOT, the language of Graphviz. */
import type { DagView } from './dag-view.ts';
import { statusWord } from './stage-row.ts';
import { visible } from './text-width.ts';

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
