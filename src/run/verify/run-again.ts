/** Runs stages apart from the project: once, to hold against what is recorded, or twice, to hold against each other. */
import fs from 'node:fs';
import path from 'node:path';
import { type Problem, problem } from '../../base/problem.ts';
import type { StageCode } from '../../code/code-reader.ts';
import { type Artifact, sameArtifact } from '../../inputs/artifact.ts';
import type { Node } from '../../plan/graph.ts';
import { folderName, outputLocation } from '../../plan/locations.ts';
import type { LockedStage } from '../../record/lock-file.ts';
import { logTail } from '../log-tail.ts';
import { absolute, type Session } from '../session.ts';
import { compareOutput, type OutputComparison, type Sided } from './compare-outputs.ts';
import { lockedArtifact } from './locked-node.ts';
import { compareNumbers } from './recorded-numbers.ts';
import { type ApartResult, type MadeOutput, runApart } from './run-apart.ts';
import { againstEachOther, againstRecorded, type Variation } from './variation.ts';
import type { Difference, StageCheck } from './verification.ts';
import type { WorkFolders } from './work-folders.ts';

export interface Again {
  readonly session: Session;
  readonly folders: WorkFolders;
  readonly sandbox: boolean;
  /** Absolute place of what stages made again, by digest, where the store does not have it. */
  readonly made: Map<string, string>;
  readonly onStart: (killNow: () => void) => void;
  readonly signal: AbortSignal;
}

export interface Subject {
  readonly node: Node;
  readonly code: StageCode | null;
  readonly inputs: ReadonlyMap<string, Artifact | null>;
}

/** What is known of a stage after it ran; null when an interrupt ended it. */
export type Finding = Pick<StageCheck, 'status' | 'seconds' | 'problems' | 'differences' | 'log' | 'logTail'> | null;

/** Larger stages run on the disk. */
const MOST_BYTES_IN_MEMORY = 256 * 2 ** 20;

export async function runAgainstRecord(again: Again, subject: Subject, entry: LockedStage): Promise<Finding> {
  const { session, folders } = again;
  const { node } = subject;
  const folder = folders.make(isSmall(session, subject, entry));
  const run = await start(again, subject, againstRecorded(), folder);
  if (run.kind !== 'done') return unfinished(session, node, run);
  const problems = [...undeclared(node, run), ...notMade(run)];
  const differences: Difference[] = [];
  let isNear = false;
  for (const output of node.stage.outs) {
    const recorded = lockedArtifact(entry.outputs, output.name);
    const now = side(run.outputs.get(output.name));
    const place = sameArtifact(recorded, now.artifact) ? null : await recordedPlace(again, node, output.name, recorded);
    const pair = { output: output.name, recorded: { artifact: recorded, place }, now };
    const tolerance = node.stage.tolerance ?? {};
    const compared = (await compareNumbers(pair, output, entry, tolerance)) ?? (await compareOutput(pair, tolerance));
    differences.push(...compared.differences);
    isNear ||= compared.result === 'near';
    if (compared.result === 'same' && now.artifact !== null && !session.store.has(now.artifact))
      again.made.set(now.artifact.digest, now.place ?? '');
  }
  const [first] = differences;
  if (first !== undefined)
    problems.push(another('E1310', `\`${node.stage.name}\` gave another`, node, first, differences));
  const finding = found(session, node, run, problems, differences, isNear);
  if (![...again.made.values()].some((place) => place.startsWith(`${folder}/`))) folders.remove(folder);
  return finding;
}

export async function runTwice(again: Again, subject: Subject): Promise<Finding> {
  const { session, folders } = again;
  const { node } = subject;
  const [one, other] = againstEachOther();
  const startedAt = Date.now();
  const first = await start(again, subject, one, folders.make(false));
  if (first.kind !== 'done') return unfinished(session, node, first);
  // A clock of seconds must have moved on between the two.
  await passed(startedAt + 1100, again.signal);
  const second = await start(again, subject, other, folders.make(isSmall(session, subject, null)));
  if (second.kind !== 'done') return unfinished(session, node, second);
  const problems = [...undeclared(node, first), ...notMade(first), ...notMade(second)];
  const differences: Difference[] = [];
  let isNear = false;
  for (const { name } of node.stage.outs) {
    const pair = { output: name, recorded: side(first.outputs.get(name)), now: side(second.outputs.get(name)) };
    const compared: OutputComparison = await compareOutput(pair, node.stage.tolerance ?? {});
    differences.push(...compared.differences);
    isNear ||= compared.result === 'near';
  }
  const [difference] = differences;
  if (difference !== undefined)
    problems.push(another('E1315', `two runs of \`${node.stage.name}\` gave different`, node, difference, differences));
  const seconds = first.seconds + second.seconds;
  return found(session, node, { ...second, seconds }, problems, differences, isNear);
}

async function start(again: Again, subject: Subject, variation: Variation, folder: string): Promise<ApartResult> {
  const { session, made, sandbox, onStart, signal } = again;
  return runApart({ session, ...subject, made, sandbox, onStart, variation, folder }, signal);
}

function side(made: MadeOutput | undefined): Sided {
  return { artifact: made?.artifact ?? null, place: made?.place ?? null };
}

/** Absolute place of the recorded bytes: in the project, or fetched from the store; null: nowhere. */
async function recordedPlace(
  again: Again,
  node: Node,
  output: string,
  artifact: Artifact | null,
): Promise<string | null> {
  const { session, folders } = again;
  const declared = node.stage.outs.find((each) => each.name === output);
  if (artifact === null || declared === undefined) return null;
  const place = outputLocation(node.experiment, node.stage, declared);
  const read = await session.reader.read(place);
  if (read.ok && sameArtifact(read.value, artifact)) return absolute(session, place);
  const target = path.join(folders.make(false), 'recorded');
  const put = await session.store.materialise(artifact, target);
  return put.ok ? target : null;
}

/** What it reads and makes is known to be small enough to lie in memory. */
function isSmall(session: Session, { node, inputs }: Subject, entry: LockedStage | null): boolean {
  const record = entry === null ? null : session.store.readAction(entry.key);
  const sizes = [...[...inputs.values()].map((each) => each?.sizeBytes ?? 0)];
  if (record !== null) sizes.push(...Object.values(record.outputs).map((each) => each.sizeBytes));
  const made = node.inputs.flatMap((input) => {
    const maker = input.made === null ? undefined : session.plan.nodes[input.made.node];
    const known = maker === undefined ? undefined : session.lock.get(maker.experiment)?.get(maker.stage.name);
    const action = known === undefined ? null : session.store.readAction(known.key);
    return input.made === null ? [] : [action?.outputs[input.made.output]?.sizeBytes ?? MOST_BYTES_IN_MEMORY];
  });
  return [...sizes, ...made].reduce((sum, each) => sum + each, 0) < MOST_BYTES_IN_MEMORY;
}

function unfinished(session: Session, node: Node, run: Exclude<ApartResult, { kind: 'done' }>): Finding {
  const nothing = { seconds: 0, differences: [], log: null, logTail: [] };
  if (run.kind === 'cancelled') return null;
  if (run.kind === 'inputs-missing') return { ...nothing, status: 'unproven', problems: run.problems };
  const { name, at } = node.stage;
  const failed = problem('E1311', `\`${name}\` failed when it ran again: ${run.problem.message}`, {
    at,
    stage: name,
    experiment: node.experiment,
    expected: 'a stage that runs in a folder that holds only what it declares, with no variables but those it declares',
    hint: 'list every file it reads under `deps`, and every variable under `env`',
  });
  return {
    ...nothing,
    seconds: run.seconds,
    status: 'failed',
    problems: [...undeclared(node, run), failed],
    ...kept(session, node, run.log),
  };
}

type Done = Extract<ApartResult, { kind: 'done' }>;

function found(
  session: Session,
  node: Node,
  run: Done,
  problems: readonly Problem[],
  differences: readonly Difference[],
  isNear: boolean,
): Finding {
  const isFailed = problems.length > 0;
  const log = isFailed ? kept(session, node, run.log) : { log: null, logTail: [] };
  return {
    status: isFailed ? 'failed' : isNear ? 'tolerated' : 'ok',
    seconds: run.seconds,
    problems,
    differences,
    ...log,
  };
}

/** The log outlives the private folder. */
function kept(session: Session, node: Node, log: string): { log: string | null; logTail: readonly string[] } {
  if ((fs.statSync(log, { throwIfNoEntry: false })?.size ?? 0) === 0) return { log: null, logTail: [] };
  const target = path.join(session.logs, folderName(node.experiment), `${folderName(node.stage.name)}.verify.log`);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(log, target);
  return { log: target, logTail: logTail(target) };
}

function notMade(run: Done): readonly Problem[] {
  return [...run.outputs.values()].flatMap((each) => (each.problem === null ? [] : [each.problem]));
}

function another(
  code: 'E1310' | 'E1315',
  begin: string,
  node: Node,
  first: Difference,
  all: readonly Difference[],
): Problem {
  const file = first.file === '' ? first.output : `${first.output}/${first.file}`;
  const outputs = new Set(all.map((each) => each.output));
  const others = outputs.size > 1 ? `, and ${outputs.size - 1} more outputs that differ` : '';
  const { name, at } = node.stage;
  return problem(code, `${begin} \`${file}\`${others}: ${first.how[0] ?? 'it differs'}`, {
    at,
    stage: name,
    experiment: node.experiment,
    path: file,
    expected: 'a result that inputs, params and code alone decide',
    hint:
      code === 'E1310'
        ? `pipe verify --twice ${name}`
        : `give it a seed, or say how far its numbers may be off: \`verify: { tolerance: { ${first.output}: 1e-6 } }\``,
  });
}

function undeclared(node: Node, run: { readonly undeclared: ApartUndeclared }): Problem[] {
  const { name, at, action } = node.stage;
  const where = { at, stage: name, experiment: node.experiment };
  const reads = run.undeclared.reads.map((place) =>
    problem('E1321', `\`${name}\` reads \`${place}\`, which it does not declare`, {
      ...where,
      path: place,
      expected: 'every file it reads declared, so that a change of it reruns the stage',
      hint: path.isAbsolute(place)
        ? 'copy it into the project, and declare it'
        : action.kind === 'cmd'
          ? `deps: [${place}]`
          : `mark the param that names \`${place}\` with \`x-path\` in schemas/stages/${action.uses}.schema.json`,
    }),
  );
  const connections = run.undeclared.connections.map((address) =>
    problem('E1323', `\`${name}\` connects to ${address}`, {
      ...where,
      expected: 'a stage whose result does not depend on what a server says',
      hint: 'fetch it once, in a stage of its own, and let that be frozen',
    }),
  );
  return [...reads, ...connections];
}

type ApartUndeclared = Done['undeclared'];

function passed(timeMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, timeMs - Date.now()));
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
