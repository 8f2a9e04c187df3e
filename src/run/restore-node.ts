/** Putting a known result back in place, without running anything. */
import { type Problem, warning } from '../base/problem.ts';
import { type Artifact, sameArtifact } from '../inputs/artifact.ts';
import type { Node } from '../plan/graph.ts';
import { isKept } from '../plan/kept-output.ts';
import { outputLocation } from '../plan/locations.ts';
import type { ActionRecord, MissingObject } from '../store/store.ts';
import { readOutputs } from './assess.ts';
import { holdPlaces } from './hold-places.ts';
import { putOutput } from './publish.ts';
import { absolute, previousAction, type Session } from './session.ts';
import { clearOutputs } from './workspace.ts';

export type Restored =
  | { readonly kind: 'restored'; readonly warnings: readonly Problem[] }
  /** An object is gone or damaged: the result has to be made again. */
  | { readonly kind: 'lost'; readonly output: string; readonly object: MissingObject }
  | { readonly kind: 'refused'; readonly problem: Problem }
  | { readonly kind: 'cancelled' };

export interface RestoreOptions {
  /** Files that no run made may be replaced. */
  readonly force: boolean;
  readonly onWaiting: (what: string) => void;
  readonly signal: AbortSignal;
}

export async function restoreNode(
  session: Session,
  node: Node,
  action: ActionRecord,
  options: RestoreOptions,
): Promise<Restored> {
  if ((await misplaced(session, node, action)).length === 0) return { kind: 'restored', warnings: [] };
  const hold = await holdPlaces(session, node, [], options.onWaiting, options.signal);
  if (hold === null) return { kind: 'cancelled' };
  try {
    return await restoreHeld(session, node, action, options.force);
  } finally {
    hold.release();
  }
}

async function restoreHeld(session: Session, node: Node, action: ActionRecord, force: boolean): Promise<Restored> {
  const wrong = await misplaced(session, node, action);
  const previous = previousAction(session, node)?.outputs ?? {};
  const cleared = await clearOutputs(session, { ...node, stage: { ...node.stage, outs: wrong } }, previous, force);
  if (!cleared.ok) return { kind: 'refused', problem: cleared.failure };
  let isWhole = false;
  try {
    for (const output of wrong) {
      const artifact = action.outputs[output.name] as Artifact;
      const place = outputLocation(node.experiment, node.stage, output);
      const put = await putOutput(session, output, artifact, absolute(session, place));
      if (!put.ok) return { kind: 'lost', output: output.name, object: put.failure };
      session.reader.learn(place, artifact);
    }
    isWhole = true;
    return { kind: 'restored', warnings: cleared.value.warnings };
  } finally {
    if (isWhole) cleared.value.discard();
    else cleared.value.putBack();
  }
}

/** Outputs that are not in place as recorded. */
async function misplaced(session: Session, node: Node, action: ActionRecord): Promise<Node['stage']['outs']> {
  const inPlace = await readOutputs(session, node);
  return node.stage.outs.filter((output) => {
    const recorded = action.outputs[output.name];
    return recorded !== undefined && !sameArtifact(inPlace.get(output.name) ?? null, recorded);
  });
}

/** The same result at the places of the other experiments that have this stage. */
export async function restoreElsewhere(
  session: Session,
  node: Node,
  action: ActionRecord,
  options: RestoreOptions,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const experiment of node.experiments) {
    if (experiment === node.experiment) continue;
    const outs = node.stage.outs.filter(isKept);
    const restored = await restoreNode(
      session,
      { ...node, experiment, stage: { ...node.stage, outs } },
      action,
      options,
    );
    if (restored.kind === 'restored') problems.push(...restored.warnings);
    if (restored.kind === 'refused') problems.push(restored.problem);
    if (restored.kind === 'lost') problems.push(notThere(node, experiment, restored.output));
  }
  return problems;
}

function notThere(node: Node, experiment: string, output: string): Problem {
  return warning(
    'E0686',
    `\`${output}\` of \`${node.stage.name}\` cannot be put in place for \`${experiment}\`: its bytes are not in the store`,
    {
      stage: node.stage.name,
      experiment,
      hint: `pipe run --force ${node.stage.name}`,
    },
  );
}
