/**
 * Taking a stage's outputs into the store and putting them in their places.
 *
 * Objects first, then the workspace, the action record last: whoever finds the record finds everything it names.
 */

import fs from 'node:fs';
import path from 'node:path';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { operandWord } from '../base/shell-word.ts';
import type { Output } from '../config/stage.ts';
import type { Artifact } from '../inputs/artifact.ts';
import type { Node } from '../plan/graph.ts';
import { isKept } from '../plan/kept-output.ts';
import { outputLocation } from '../plan/locations.ts';
import type { ActionRecord, MissingObject } from '../store/store.ts';
import { moveOver } from './move.ts';
import { absolute, type Session } from './session.ts';
import { detachFromStore, exists } from './workspace.ts';

type Publishing = Pick<Session, 'root' | 'reader' | 'store'>;

/** @param made absolute place where the unit left each output, by name. */
export async function publishOutputs(
  session: Publishing,
  node: Node,
  made: ReadonlyMap<string, string>,
): Promise<Result<Record<string, Artifact>, readonly Problem[]>> {
  const missing = node.stage.outs.filter((output) => !exists(made.get(output.name) as string));
  if (missing.length > 0) return fail(missing.map((output) => notProduced(node, output)));
  const artifacts: Record<string, Artifact> = {};
  for (const output of node.stage.outs) {
    const from = made.get(output.name) as string;
    const place = outputLocation(node.experiment, node.stage, output);
    const target = absolute(session, place);
    if (output.cache) {
      const adopted = await session.store.adopt(from);
      if (!adopted.ok) return fail([unfitOutput(adopted.failure, node, output, from)]);
      artifacts[output.name] = adopted.value;
    }
    // Only a persisting output still lies there, and `from` began as its copy.
    if (from !== target) moveOver(from, target);
    const artifact = artifacts[output.name];
    if (artifact !== undefined) {
      session.reader.learn(place, artifact);
      continue;
    }
    session.reader.forget(place);
    const read = await session.reader.read(place);
    if (!read.ok) return fail([{ ...read.failure, stage: node.stage.name }]);
    if (read.value === null) return fail([notProduced(node, output)]);
    artifacts[output.name] = read.value;
    if (isKept(output)) await storeCopy(session, target);
  }
  return ok(artifacts);
}

/** Takes the bytes of an output into the store and leaves the output itself a plain file. Without a copy it can be made again. */
async function storeCopy(session: Publishing, place: string): Promise<void> {
  const folder = session.store.privateFolder('copy');
  try {
    fs.cpSync(place, `${folder}/output`, { recursive: true, verbatimSymlinks: true });
    await session.store.adopt(`${folder}/output`);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts a stored output at `target`, where nothing is: a link, or a plain file where the store is not to keep the one in place. */
export async function putOutput(
  session: Publishing,
  output: Output,
  artifact: Artifact,
  target: string,
): Promise<Result<void, MissingObject>> {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const put = await session.store.materialise(artifact, target);
  if (put.ok && !output.cache) detachFromStore(target);
  return put;
}

/**
 * What lies in place and is right becomes the store's again where its objects are gone.
 *
 * Only the object that names each output is looked for: looking for every file of a folder would cost as much as reading
 * the folder, in each run.
 */
export async function adoptAgain(session: Publishing, node: Node, action: ActionRecord): Promise<void> {
  for (const output of node.stage.outs) {
    const recorded = action.outputs[output.name];
    if (!isKept(output) || recorded === undefined || session.store.hasNamed(recorded)) continue;
    const place = outputLocation(node.experiment, node.stage, output);
    if (!output.cache) {
      await storeCopy(session, absolute(session, place));
      continue;
    }
    const adopted = await session.store.adopt(absolute(session, place));
    if (adopted.ok) session.reader.learn(place, adopted.value);
  }
}

/** Said of the place the pipeline file names: where the stage worked is gone when somebody reads it. */
function unfitOutput(failure: Problem, node: Node, output: Output, from: string): Problem {
  const { hint: _, ...rest } = failure;
  const place = outputLocation(node.experiment, node.stage, output);
  const shown = (text: string) => text.replaceAll(from, place);
  return {
    ...rest,
    message: shown(failure.message),
    path: shown(failure.path ?? place),
    at: output.at,
    stage: node.stage.name,
  };
}

function notProduced(node: Node, output: Output): Problem {
  return problem('E0780', `the stage ended well but did not make \`${output.path ?? output.name}\``, {
    at: output.at,
    stage: node.stage.name,
    path: output.path ?? output.name,
    expected: 'every declared output',
    hint: `pipe log ${operandWord(node.stage.name)}`,
  });
}
