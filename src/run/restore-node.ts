/** Putting a known result back in place, without running anything. */
import type { Problem } from '../base/problem.ts';
import { sameArtifact } from '../inputs/artifact.ts';
import type { Node } from '../plan/graph.ts';
import { outputLocation } from '../plan/locations.ts';
import type { ActionRecord, MissingObject } from '../store/store.ts';
import { readOutputs } from './assess.ts';
import { putOutput } from './publish.ts';
import { absolute, previousAction, type Session } from './session.ts';
import { clearOutputs } from './workspace.ts';

export type Restored =
  | { readonly kind: 'restored'; readonly warnings: readonly Problem[] }
  /** An object is gone or damaged: the result has to be made again. */
  | { readonly kind: 'lost'; readonly output: string; readonly object: MissingObject }
  | { readonly kind: 'refused'; readonly problem: Problem };

export async function restoreNode(
  session: Session,
  node: Node,
  action: ActionRecord,
  force: boolean,
  signal: AbortSignal,
): Promise<Restored> {
  const places = node.stage.outs.map((output) => `place ${outputLocation(node.experiment, node.stage, output)}`);
  const hold = await session.store.hold(places, () => {}, signal);
  try {
    const recorded = { ...action.outputs };
    const previous = previousAction(session, node);
    const inPlace = await readOutputs(session, node);
    // An output may rightly hold the last run's bytes or, half-way through a restore that was killed, this one's.
    for (const [name, artifact] of inPlace) {
      if (previous !== null && sameArtifact(artifact, previous.outputs[name] ?? null))
        recorded[name] = artifact as NonNullable<typeof artifact>;
    }
    const wrong = node.stage.outs.filter(
      (output) => !sameArtifact(inPlace.get(output.name) ?? null, action.outputs[output.name] ?? null),
    );
    const cleared = await clearOutputs(session, { ...node, stage: { ...node.stage, outs: wrong } }, recorded, force);
    if (!cleared.ok) return { kind: 'refused', problem: cleared.failure };
    for (const output of wrong) {
      const artifact = action.outputs[output.name];
      if (artifact === undefined) continue;
      const place = outputLocation(node.experiment, node.stage, output);
      const target = absolute(session, place);
      const put = await putOutput(session, output, artifact, target);
      if (!put.ok) {
        cleared.value.putBack();
        return { kind: 'lost', output: output.name, object: put.failure };
      }
      session.reader.learn(place, artifact);
    }
    cleared.value.discard();
    return { kind: 'restored', warnings: cleared.value.warnings };
  } finally {
    hold.release();
  }
}
