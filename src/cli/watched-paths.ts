/** What an edit can make stale: the pipeline's own files, stage code, and inputs that no stage makes. */
import path from 'node:path';
import { treeSignature } from '../inputs/signature.ts';
import type { Session } from '../run/session.ts';

/** Watching costs one kernel watch a file; larger folders are looked at when a run comes, not watched. */
const MOST_FILES = 5000;

/** Absolute paths. */
export async function watchPaths(session: Session): Promise<string[]> {
  const paths = new Set(session.plan.project.sources.map((each) => path.resolve(session.root, each)));
  for (const node of session.plan.nodes) {
    if (node.stage.action.kind === 'uses') {
      const code = await session.code.read(node.stage.action.entry);
      for (const source of code.ok ? code.value.sources : [node.stage.action.entry])
        if (!source.includes('/node_modules/')) paths.add(source);
    }
    for (const input of node.inputs) if (input.made === null) paths.add(path.join(session.root, input.path));
  }
  return [...paths].filter((each) => treeSignature(each, null).count <= MOST_FILES);
}
