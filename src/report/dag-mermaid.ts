/** A DAG as a Mermaid flowchart, which GitHub and GitLab draw inside Markdown. */

import { visible } from '../base/visible.ts';
import type { DagNode, DagView } from './dag-view.ts';
import { statusWord } from './stage-row.ts';

/** Lines without line breaks. */
export function dagMermaid({ nodes }: DagView): readonly string[] {
  return [
    'flowchart TD',
    ...nodes.map((node) => `  n${node.index}["${escaped(text(node))}"]`),
    ...nodes.flatMap((node) => node.producers.map((producer) => `  n${producer} --> n${node.index}`)),
  ];
}

function text({ label, status }: DagNode): string {
  return status === null ? label : `${label}: ${statusWord(status)}`;
}

/** Mermaid reads HTML entities, written with `#` for `&`. */
function escaped(label: string): string {
  return visible(label)
    .replaceAll('#', '#35;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;');
}
