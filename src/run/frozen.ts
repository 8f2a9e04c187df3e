/**
 * Frozen stages: their result is what it was, whatever their inputs say.
 *
 * The record under the locked key stands. A frozen stage that never ran here takes what lies in its places as its result,
 * as DVC does; one with neither is an error, because running it is what `frozen` forbids.
 */
import type { Key } from '../base/digest.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Artifact } from '../inputs/artifact.ts';
import type { Manifest } from '../key/manifest.ts';
import { keyOf } from '../key/stage-key.ts';
import type { Node } from '../plan/graph.ts';
import type { ActionRecord } from '../store/store.ts';
import { readOutputs } from './assess.ts';
import { previousAction, type Session } from './session.ts';

export async function frozenAction(session: Session, node: Node): Promise<Result<ActionRecord, Problem>> {
  const previous = previousAction(session, node);
  if (previous !== null) return ok(previous);
  const found = await readOutputs(session, node);
  const outputs: Record<string, Artifact> = {};
  for (const [name, artifact] of found) {
    if (artifact === null) return fail(nothingFrozen(node, name));
    outputs[name] = artifact;
  }
  const manifest: Manifest = {
    version: 1,
    facts: Object.entries(outputs).map(([name, artifact]) => ({ kind: 'output', name, value: artifact.digest })),
  };
  return ok(adopted(session, node, keyOf(manifest), manifest, outputs));
}

function adopted(
  session: Session,
  node: Node,
  key: Key,
  manifest: Manifest,
  outputs: Record<string, Artifact>,
): ActionRecord {
  return {
    version: 1,
    key,
    stage: node.stage.name,
    manifest,
    reasons: [{ kind: 'frozen' }],
    outputs,
    metrics: {},
    seconds: 0,
    cpuSeconds: null,
    peakBytes: null,
    run: session.run,
    log: null,
    provenance: { frozen: true },
    finishedAt: new Date().toISOString(),
  };
}

function nothingFrozen(node: Node, output: string): Problem {
  return problem(
    'E0685',
    `\`${node.stage.name}\` is frozen, but it has no recorded result and \`${output}\` does not exist`,
    {
      at: node.stage.at,
      stage: node.stage.name,
      expected: 'a result from before it was frozen',
      hint: 'frozen: false',
    },
  );
}

export function frozenAndLost(node: Node, output: string): Problem {
  return problem(
    'E0685',
    `\`${node.stage.name}\` is frozen, and the recorded bytes of \`${output}\` are no longer in the store`,
    {
      at: node.stage.at,
      stage: node.stage.name,
      expected: 'a result from before it was frozen',
      hint: 'frozen: false',
    },
  );
}
