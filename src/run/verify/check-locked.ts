/**
 * Whether what `pipeline.lock` says of a stage still belongs to the stage: to its code, params and inputs.
 *
 * Runs nothing and needs no data: outputs of other stages count with the digest the lock gives them, and an input that is not
 * here with the digest the lock noted. What is here is held against the lock: inputs, outputs in place, records in the cache.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Key } from '../../base/digest.ts';
import { type Problem, problem } from '../../base/problem.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { operandWord, shellWord } from '../../base/shell-word.ts';
import type { StageCode } from '../../code/code-reader.ts';
import { explainDifference } from '../../decide/explain.ts';
import type { Reason } from '../../decide/reason.ts';
import { type Artifact, sameArtifact } from '../../inputs/artifact.ts';
import { keyOf } from '../../key/stage-key.ts';
import { manifestOf } from '../../key/visit.ts';
import type { Node } from '../../plan/graph.ts';
import { MAIN, outputLocation } from '../../plan/locations.ts';
import { reachedNodes } from '../../plan/reached.ts';
import type { LockedStage } from '../../record/lock-file.ts';
import type { Session } from '../session.ts';
import { checkNumbers, checkRecord } from './check-record.ts';
import { entryOf, lockedArtifact, lockedInput } from './locked-node.ts';

export interface LockedCheck {
  readonly node: Node;
  readonly problems: readonly Problem[];
  /** Null when there is none. */
  readonly entry: LockedStage | null;
  /** The key is that of these inputs, params and code. */
  readonly isCurrent: boolean;
  /** By name in the key; what the key was computed from. */
  readonly inputs: ReadonlyMap<string, Artifact | null>;
  readonly code: StageCode | null;
}

/** Words for reasons come from whoever shows them. */
export type Wording = (reasons: readonly Reason[]) => string;

export async function checkLocked(session: Session, node: Node, wording: Wording): Promise<LockedCheck> {
  const entry = entryOf(session, node);
  const nothing = { node, entry, isCurrent: false, inputs: new Map<string, Artifact | null>(), code: null };
  if (entry === null) return { ...nothing, problems: [noEntry(node, node.experiment)] };
  const elsewhere = checkElsewhere(session, node, entry, wording);
  const record = checkRecord(session, node, entry);
  const edited = await checkPlaces(session, node, entry, record.action !== null);
  if (node.stage.frozen)
    return { ...nothing, isCurrent: true, problems: [...elsewhere, ...record.problems, ...edited] };
  const code = node.stage.action.kind === 'uses' ? await session.code.read(node.stage.action.entry) : null;
  if (code !== null && !code.ok) return { ...nothing, problems: [{ ...code.failure, stage: node.stage.name }] };
  const inputs = await readInputs(session, node);
  if (!inputs.ok) return { ...nothing, problems: [...inputs.failure, ...elsewhere, ...record.problems, ...edited] };
  const reached = new Map(
    reachedNodes(session.plan, node).flatMap((each): [string, Key][] => {
      const key = entryOf(session, each)?.key;
      return key === undefined ? [] : [[each.stage.name, key]];
    }),
  );
  const manifest = manifestOf(node.stage, inputs.value, code?.value ?? null, reached);
  const isCurrent = keyOf(manifest) === entry.key;
  const differenceOf = () => {
    if (record.action !== null) return wording(explainDifference(record.action.manifest, manifest));
    // Without a record the lock still knows the inputs that come from outside.
    const moved = node.inputs
      .filter(
        (each) =>
          each.made === null && !sameArtifact(inputs.value.get(each.name) ?? null, lockedInput(session, node, each)),
      )
      .map(({ path }) => `\`${path}\` changed`);
    return moved.length === 0 ? null : moved.join('; ');
  };
  return {
    node,
    entry,
    isCurrent,
    inputs: inputs.value,
    code: code?.value ?? null,
    problems: [
      ...(isCurrent ? [] : [otherKey(node, node.experiment, differenceOf())]),
      ...elsewhere,
      ...record.problems,
      ...edited,
    ],
  };
}

/** The same stage of other experiments is the same result, and has the same entry. */
function checkElsewhere(session: Session, node: Node, entry: LockedStage, wording: Wording): readonly Problem[] {
  const { name } = node.stage;
  return node.experiments.flatMap((experiment) => {
    const other = session.lock.get(experiment)?.get(name);
    if (other === undefined) return [noEntry(node, experiment)];
    if (other.key !== entry.key) {
      const [was, is] = [other, entry].map(({ key }) => session.store.readAction(key)?.manifest ?? null);
      return [otherKey(node, experiment, was && is ? wording(explainDifference(was, is)) : null)];
    }
    return isDeepStrictEqual(other, entry) ? [] : [notAlike(node, experiment)];
  });
}

async function readInputs(
  session: Session,
  node: Node,
): Promise<Result<ReadonlyMap<string, Artifact | null>, readonly Problem[]>> {
  const inputs = new Map<string, Artifact | null>();
  const problems: Problem[] = [];
  for (const input of node.inputs) {
    const locked = lockedInput(session, node, input);
    if (input.made !== null) {
      if (locked === null) problems.push(unknownInput(node, input.path));
      else inputs.set(input.name, locked);
      continue;
    }
    const read = await session.reader.read(input.path);
    if (!read.ok) problems.push({ ...read.failure, at: read.failure.at ?? input.at, stage: node.stage.name });
    else if (read.value === null && locked === null) problems.push(unknownInput(node, input.path));
    else inputs.set(input.name, read.value ?? locked);
  }
  return problems.length > 0 ? fail(problems) : ok(inputs);
}

/** What lies in place has to be what the lock says; what is not there is not missed. */
async function checkPlaces(
  session: Session,
  node: Node,
  entry: LockedStage,
  hasRecord: boolean,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const experiment of node.experiments) {
    const { outputs } = session.lock.get(experiment)?.get(node.stage.name) ?? entry;
    for (const output of node.stage.outs) {
      const place = outputLocation(experiment, node.stage, output);
      const locked = lockedArtifact(outputs, output.name);
      const read = await session.reader.read(place);
      if (!read.ok) problems.push({ ...read.failure, stage: node.stage.name });
      else if (read.value !== null && !sameArtifact(read.value, locked))
        problems.push(notAsRecorded(node, experiment, place));
      else if (read.value !== null && !hasRecord && output.role === 'metrics')
        problems.push(...(await checkNumbers(session, node, entry, output.name, place)));
    }
  }
  return problems;
}

function noEntry(node: Node, experiment: string): Problem {
  const { name, at } = node.stage;
  return problem('E1300', `\`${name}\` has no entry in the lock`, {
    at,
    stage: name,
    experiment,
    expected: 'a recorded result of every stage',
    hint: runHint(node, experiment),
  });
}

/** @param changes  in words; empty: none, null: not known. */
function otherKey(node: Node, experiment: string, changes: string | null): Problem {
  const { name, at } = node.stage;
  const why = changes === null ? '' : `: ${changes === '' ? 'the entry itself was changed' : changes}`;
  return problem('E1301', `the result recorded for \`${name}\` is not that of what is here now${why}`, {
    at,
    stage: name,
    experiment,
    expected: 'a key in the lock that comes out of these inputs, params and code',
    hint: runHint(node, experiment),
  });
}

function notAlike(node: Node, experiment: string): Problem {
  const { name, at } = node.stage;
  return problem(
    'E1304',
    `the lock does not say the same of \`${name}\` in \`${node.experiment}\` and \`${experiment}\``,
    {
      at,
      stage: name,
      experiment,
      expected: 'one entry for what is one stage',
      hint: runHint(node, experiment),
    },
  );
}

function runHint({ stage }: Node, experiment: string): string {
  const flag = experiment === MAIN ? '' : `--experiment ${shellWord(experiment)} `;
  return `pipe run ${flag}${operandWord(stage.name)}`;
}

function unknownInput(node: Node, path: string): Problem {
  const { name, at } = node.stage;
  return problem('E1302', `\`${path}\` is not here, and the lock does not say what it was for \`${name}\``, {
    at,
    stage: name,
    experiment: node.experiment,
    path,
    hint: 'pipe run   (where the data is, and commit the lock)',
  });
}

function notAsRecorded(node: Node, experiment: string, place: string): Problem {
  const { name, at } = node.stage;
  return problem('E1303', `\`${place}\` is not what the lock says \`${name}\` made`, {
    at,
    stage: name,
    experiment,
    path: place,
    expected: 'the recorded output, or none',
    hint: `${runHint(node, experiment)}   (puts the recorded one back, and keeps what is there in \`cache/edited\`)`,
  });
}
