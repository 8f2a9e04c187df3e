/** A node as `pipeline.lock` tells of it: its entry, and the inputs its key was made from. */
import type { Artifact } from '../../inputs/artifact.ts';
import type { Node, NodeInput } from '../../plan/graph.ts';
import type { LockedOutput, LockedStage } from '../../record/lock-file.ts';
import type { Session } from '../session.ts';

type Locked = Pick<Session, 'lock' | 'plan'>;

/** The entry of a node in the first of its experiments; null when there is none. */
export function entryOf(session: Locked, node: Node): LockedStage | null {
  return session.lock.get(node.experiment)?.get(node.stage.name) ?? null;
}

/** An output as the lock says it is; null when the lock does not say. Sizes are not in the lock. */
export function lockedArtifact(outputs: Readonly<Record<string, LockedOutput>>, name: string): Artifact | null {
  const found = outputs[name];
  if (found === undefined) return null;
  const { kind, digest } = found;
  return {
    kind: kind === 'folder' ? 'folder' : 'file',
    digest,
    sizeBytes: 0,
    files: 0,
    executable: kind === 'exec',
  };
}

/** What the lock says an input is: an output of its maker, or what the entry itself notes. */
export function lockedInput(session: Locked, node: Node, input: NodeInput): Artifact | null {
  if (input.made === null) return lockedArtifact(entryOf(session, node)?.inputs ?? {}, input.name);
  const maker = session.plan.nodes[input.made.node];
  const entry = maker === undefined ? null : entryOf(session, maker);
  return lockedArtifact(entry?.outputs ?? {}, input.made.output);
}
