/**
 * One node's verdict: gathers what `judge` needs from disk.
 *
 * Reads only. Used by `run` when the producers of a node are done, and by `status` and `--dry`, where a producer may be
 * about to run and then nothing can be said of its consumers yet.
 */

import type { Key } from '../base/digest.ts';
import { isWithin, type ProjectPath } from '../base/paths.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { operandWord } from '../base/shell-word.ts';
import type { StageCode } from '../code/code-reader.ts';
import { judge, type Verdict } from '../decide/verdict.ts';
import { type Artifact, sameArtifact } from '../inputs/artifact.ts';
import type { Manifest } from '../key/manifest.ts';
import { keyOf } from '../key/stage-key.ts';
import { manifestOf } from '../key/visit.ts';
import type { Node, NodeInput } from '../plan/graph.ts';
import { outputLocation } from '../plan/locations.ts';
import { reachedNodes } from '../plan/reached.ts';
import type { ActionRecord } from '../store/store.ts';
import { previousAction, type Session } from './session.ts';

export interface Assessment {
  readonly node: Node;
  readonly key: Key;
  readonly manifest: Manifest;
  readonly inputs: ReadonlyMap<string, Artifact | null>;
  readonly code: StageCode | null;
  readonly verdict: Verdict;
}

/** What settled producers gave, by node; consumers must find exactly that in place. */
export type Results = ReadonlyMap<number, ActionRecord>;

type Reading = Pick<Session, 'root' | 'plan' | 'reader' | 'code' | 'store' | 'lock'>;

/**
 * @param results  of producers that are settled, or would be restored.
 * @param forced   run it whatever is known.
 */
export async function assess(
  session: Reading,
  node: Node,
  results: Results,
  forced: boolean,
): Promise<Result<Assessment, readonly Problem[]>> {
  const inputs = await readInputs(session, node, results);
  if (!inputs.ok) return inputs;
  const code = node.stage.action.kind === 'uses' ? await session.code.read(node.stage.action.entry) : null;
  if (code !== null && !code.ok) return fail([{ ...code.failure, stage: node.stage.name }]);
  const reached = await reachedKeys(session, node, results);
  if (!reached.ok) return reached;
  const manifest = manifestOf(node.stage, inputs.value, code?.value ?? null, reached.value);
  const key = keyOf(manifest);
  const action = session.store.readAction(key);
  const inPlace = action === null ? new Map<string, Artifact | null>() : await readOutputs(session, node);
  const previous = previousAction(session, node) ?? action;
  const verdict = judge({
    stage: node.stage,
    key,
    manifest,
    action,
    previous,
    inPlace,
    stored: (each) => session.store.has(each),
    forced,
  });
  return ok({ node, key, manifest, inputs: inputs.value, code: code?.value ?? null, verdict });
}

/** Keys of all that a variant of this node's inputs would have to make again. */
async function reachedKeys(
  session: Reading,
  node: Node,
  results: Results,
): Promise<Result<Map<string, Key>, readonly Problem[]>> {
  const keys = new Map<string, Key>();
  for (const each of reachedNodes(session.plan, node)) {
    const known = results.get(each.index)?.key;
    // Of a stage that was left as it is (`--only`), what it would be now counts: that is what a variant is made by.
    const key = known === undefined ? await assess(session, each, results, false) : ok({ key: known });
    if (!key.ok) return key;
    keys.set(each.stage.name, key.value.key);
  }
  return ok(keys);
}

/** What lies at each output of a node; null where nothing does, or nothing that could be an output. */
export async function readOutputs(session: Pick<Session, 'reader'>, node: Node): Promise<Map<string, Artifact | null>> {
  const found = new Map<string, Artifact | null>();
  for (const output of node.stage.outs) {
    const read = await session.reader.read(outputLocation(node.experiment, node.stage, output));
    found.set(output.name, read.ok ? read.value : null);
  }
  return found;
}

async function readInputs(
  session: Reading,
  node: Node,
  results: Results,
): Promise<Result<Map<string, Artifact | null>, readonly Problem[]>> {
  const problems: Problem[] = [];
  const inputs = new Map<string, Artifact | null>();
  // All at once: large files are digested side by side.
  const reads = await Promise.all(node.inputs.map((input) => session.reader.read(input.path)));
  for (const [at, input] of node.inputs.entries()) {
    const expected = input.made === null ? undefined : results.get(input.made.node)?.outputs[input.made.output];
    const read = reads[at] as (typeof reads)[number];
    if (!read.ok) problems.push({ ...read.failure, at: read.failure.at ?? input.at, stage: node.stage.name });
    else if (read.value === null && expected === undefined) problems.push(missingInput(session, node, input));
    // A producer that would only be restored has nothing in place yet: its record says what will be there.
    else inputs.set(input.name, read.value ?? expected ?? null);
    if (read.ok && read.value !== null && expected !== undefined && !sameArtifact(read.value, expected))
      inputs.set(input.name, expected);
  }
  return problems.length > 0 ? fail(problems) : ok(inputs);
}

function missingInput(session: Reading, node: Node, input: NodeInput): Problem {
  const maker = makerOf(session, input.path);
  const [, backbone] = /^backbones\/([^/]+)/.exec(input.path) ?? [];
  const elsewhere = backbone === undefined ? 'put it there, or correct the path' : `pipe backbone add ${backbone}`;
  return problem('E0590', `\`${input.path}\` does not exist`, {
    at: input.at,
    stage: node.stage.name,
    path: input.path,
    expected: 'a file or folder there before the stage runs',
    hint: maker === null ? elsewhere : `pipe run ${operandWord(maker)}`,
  });
}

function makerOf(session: Reading, path: ProjectPath): string | null {
  for (const node of session.plan.nodes) {
    for (const output of node.stage.outs)
      if (isWithin(path, outputLocation(node.experiment, node.stage, output))) return node.stage.name;
  }
  return null;
}
