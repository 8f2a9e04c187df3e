/** Runs stages apart from the project: once, to hold against what is recorded, or twice, to hold against each other. */
import fs from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../base/problem.ts';
import type { StageCode } from '../../code/code-reader.ts';
import type { InputVariants } from '../../execute/executor.ts';
import { type Artifact, sameArtifact } from '../../inputs/artifact.ts';
import type { Node } from '../../plan/graph.ts';
import { folderName, outputLocation } from '../../plan/locations.ts';
import type { LockedStage } from '../../record/lock-file.ts';
import { logTail } from '../log-tail.ts';
import { absolute, previousAction, type Session } from '../session.ts';
import type { Variants } from '../variants.ts';
import { another, failedAgain, undeclared } from './again-problems.ts';
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
  readonly variants: Variants;
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

export async function runAgainstRecord(again: Again, subject: Subject, entry: LockedStage): Promise<Finding> {
  const { session, folders } = again;
  const { node } = subject;
  const folder = folders.make(knownSize(session, subject, entry));
  const run = await start(again, subject, againstRecorded(), folder);
  if (run.kind !== 'done') return unfinished(session, node, run);
  const problems = [...undeclared(node, run.undeclared), ...notMade(run)];
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
  const first = await start(again, subject, one, folders.make(null));
  if (first.kind !== 'done') return unfinished(session, node, first);
  // A clock of seconds shows another time in the second run.
  await passed(Math.ceil(Date.now() / 1000) * 1000, again.signal);
  const second = await start(again, subject, other, folders.make(knownSize(session, subject, null)));
  if (second.kind !== 'done') return unfinished(session, node, second);
  const problems = [...undeclared(node, first.undeclared), ...notMade(first), ...notMade(second)];
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
  const { session, made, sandbox, onStart, variants, signal } = again;
  const inputVariants: InputVariants = (role, overrides) => variants.input(subject.node, role, overrides);
  return runApart({ session, ...subject, made, sandbox, inputVariants, onStart, variation, folder }, signal);
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
  const target = path.join(folders.make(null), 'recorded');
  const put = await session.store.materialise(artifact, target);
  return put.ok ? target : null;
}

/** Bytes of what it reads and, where that is on record, made; null when an input's size is not known. */
function knownSize(session: Session, { node, inputs }: Subject, entry: LockedStage | null): number | null {
  const made = entry === null ? null : session.store.readAction(entry.key);
  let sum = Object.values(made?.outputs ?? {}).reduce((total, each) => total + each.sizeBytes, 0);
  for (const input of node.inputs) {
    const maker = input.made === null ? undefined : session.plan.nodes[input.made.node];
    const known = maker === undefined ? null : previousAction(session, maker);
    const size = input.made === null ? inputs.get(input.name)?.sizeBytes : known?.outputs[input.made.output]?.sizeBytes;
    if (size === undefined) return null;
    sum += size;
  }
  return sum;
}

function unfinished(session: Session, node: Node, run: Exclude<ApartResult, { kind: 'done' }>): Finding {
  const nothing = { seconds: 0, differences: [], log: null, logTail: [] };
  if (run.kind === 'cancelled') return null;
  if (run.kind === 'inputs-missing') return { ...nothing, status: 'unproven', problems: run.problems };
  return {
    ...nothing,
    seconds: run.seconds,
    status: 'failed',
    problems: [...undeclared(node, run.undeclared), failedAgain(node, run.problem)],
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

function passed(timeMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, Math.max(0, timeMs - Date.now()));
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
