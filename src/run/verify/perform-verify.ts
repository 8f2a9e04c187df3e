/**
 * `pipe verify`, from an opened session to what was found.
 *
 * The lock comes first: a result is only made again to be compared with a recorded one that belongs to what is here now. Stages are
 * looked at one after another, producers first, so that the first that differs is the first in the pipeline.
 */
import { type Problem, problem, warning } from '../../base/problem.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { endLeftovers } from '../../execute/open-executor.ts';
import type { Artifact } from '../../inputs/artifact.ts';
import type { Node } from '../../plan/graph.ts';
import type { ActionRecord } from '../../store/store.ts';
import type { Session } from '../session.ts';
import { settleVariant } from '../settle-variant.ts';
import { openVariants, type Variants } from '../variants.ts';
import { checkLocked, type Wording } from './check-locked.ts';
import { entryOf, lockedInput } from './locked-node.ts';
import { withNeeded } from './place-inputs.ts';
import { helperPrograms } from './programs.ts';
import { type Again, type Finding, runAgainstRecord, runTwice, type Subject } from './run-again.ts';
import { selectToVerify } from './select.ts';
import { damagedLock, strayEntries } from './stray-entries.ts';
import { againstEachOther, againstRecorded, variedText } from './variation.ts';
import { isProven, type StageCheck, type Verification, type VerifyMode } from './verification.ts';
import { openWorkFolders } from './work-folders.ts';

export interface VerifyOptions {
  readonly mode: VerifyMode;
  readonly targets: readonly string[];
  /** Of the stages chosen, so many by chance; null: all. */
  readonly sample: number | null;
  readonly sandbox: boolean;
  readonly wording: Wording;
}

export interface VerifyListener {
  /** A stage begins to run. */
  onStart(node: Node): void;
  onChecked(check: StageCheck): void;
  /** Gives what ends all processes at once. */
  onProcesses(killNow: () => void): void;
}

export async function performVerify(
  session: Session,
  options: VerifyOptions,
  listener: VerifyListener,
  signal: AbortSignal,
): Promise<Result<Verification, readonly Problem[]>> {
  const startedAt = performance.now();
  const { mode, targets, sample, sandbox } = options;
  const nodes = selectToVerify(session.plan, mode, targets, sample);
  if (!nodes.ok) return nodes;
  const isWhole = mode === 'locked' && targets.length === 0;
  const problems = [...(mode === 'twice' ? [] : damagedLock(session)), ...(isWhole ? strayEntries(session) : [])];
  if (sandbox) {
    if (helperPrograms().bwrap === null) return fail([noSandbox()]);
    if (helperPrograms().strace === null) problems.push(noNames());
  }
  const stages = mode === 'locked' ? await lockedOnly(session, nodes.value, options, listener) : [];
  const toRun = mode === 'rerun' ? await withNeeded(session, nodes.value) : nodes.value;
  if (mode !== 'locked') stages.push(...(await again(session, toRun, options, listener, signal)));
  session.reader.save();
  const isFine = stages.every(isProven) && problems.every((each) => each.severity === 'warning');
  return ok({
    mode,
    status: signal.aborted ? 'interrupted' : isFine ? 'ok' : 'failed',
    stages,
    problems,
    varied: variedIn(mode),
    seconds: (performance.now() - startedAt) / 1000,
  });
}

async function lockedOnly(
  session: Session,
  nodes: readonly Node[],
  { wording }: VerifyOptions,
  listener: VerifyListener,
): Promise<StageCheck[]> {
  const checks: StageCheck[] = [];
  for (const node of nodes) {
    const { problems } = await checkLocked(session, node, wording);
    const check = { ...blank(node), status: statusOf(problems), problems };
    listener.onChecked(check);
    checks.push(check);
  }
  return checks;
}

/** Runs them, in private folders that are gone when it is done. */
async function again(
  session: Session,
  nodes: readonly Node[],
  options: VerifyOptions,
  listener: VerifyListener,
  signal: AbortSignal,
): Promise<StageCheck[]> {
  const use = await session.store.use(() => {}, signal);
  const folders = openWorkFolders();
  const checks: StageCheck[] = [];
  const tools: Again = {
    session,
    folders,
    sandbox: options.sandbox,
    made: new Map(),
    variants: variantsOf(session, signal),
    onStart: listener.onProcesses,
    signal,
  };
  try {
    await endLeftovers(`${session.store.root}/state`);
    for (const node of nodes) {
      const check = signal.aborted ? leftOut(node) : await checkAgain(tools, node, options, listener);
      if (check.status !== 'left-out') listener.onChecked(check);
      checks.push(check);
    }
    return checks;
  } finally {
    await session.executor.close();
    folders.close();
    use.release();
  }
}

/** A variant of an input is an input: it comes from the store, and what is not there yet is made as a run makes it. */
function variantsOf(session: Session, signal: AbortSignal): Variants {
  const results = new Map<number, ActionRecord>();
  for (const node of session.plan.nodes) {
    const entry = entryOf(session, node);
    const action = entry === null ? null : session.store.readAction(entry.key);
    if (action !== null) results.set(node.index, action);
  }
  const variants = openVariants(session, results, (asking, variant, known) =>
    settleVariant(asking, variant, known, {
      force: false,
      signal,
      emit() {},
      elapsed: (sinceMs = 0) => (performance.now() - sinceMs) / 1000,
      inputVariant: (role, overrides) => variants.input(variant.node, role, overrides),
    }),
  );
  return variants;
}

async function checkAgain(
  tools: Again,
  node: Node,
  { mode, wording }: VerifyOptions,
  listener: VerifyListener,
): Promise<StageCheck> {
  if (mode === 'twice') {
    const subject = await subjectAsItIs(tools.session, node);
    if (!subject.ok) return { ...blank(node), status: 'unproven', problems: subject.failure };
    listener.onStart(node);
    return checkOf(node, await runTwice(tools, subject.value), []);
  }
  const { problems, isCurrent, entry, inputs, code } = await checkLocked(tools.session, node, wording);
  // What was recorded for something else cannot be held against what is here.
  if (entry === null || !isCurrent) return { ...blank(node), status: statusOf(problems), problems };
  listener.onStart(node);
  return checkOf(node, await runAgainstRecord(tools, { node, inputs, code }, entry), problems);
}

function checkOf(node: Node, finding: Finding, before: readonly Problem[]): StageCheck {
  if (finding === null) return leftOut(node);
  const status = before.length > 0 && finding.status !== 'unproven' ? 'failed' : finding.status;
  return { ...blank(node), ...finding, status, problems: [...before, ...finding.problems] };
}

/** With the inputs as they lie there, or else as the lock says they were. */
async function subjectAsItIs(session: Session, node: Node): Promise<Result<Subject, readonly Problem[]>> {
  const { action } = node.stage;
  const code = action.kind === 'uses' ? await session.code.read(action.entry) : null;
  if (code !== null && !code.ok) return fail([{ ...code.failure, stage: node.stage.name }]);
  const inputs = new Map<string, Artifact | null>();
  for (const input of node.inputs) {
    const read = await session.reader.read(input.path);
    const artifact = (read.ok ? read.value : null) ?? lockedInput(session, node, input);
    if (artifact === null) return fail([read.ok ? noInput(node, input.path) : read.failure]);
    inputs.set(input.name, artifact);
  }
  return ok({ node, code: code?.value ?? null, inputs });
}

function blank(node: Node): StageCheck {
  const { name, at } = node.stage;
  const nothing = { seconds: 0, problems: [], differences: [], log: null, logTail: [] };
  return { experiment: node.experiment, stage: name, at, status: 'ok', ...nothing };
}

function leftOut(node: Node): StageCheck {
  return { ...blank(node), status: 'left-out' };
}

function statusOf(problems: readonly Problem[]): StageCheck['status'] {
  if (problems.length === 0) return 'ok';
  return problems.every((each) => each.code === 'E1302') ? 'unproven' : 'failed';
}

function variedIn(mode: VerifyMode): readonly string[] {
  if (mode === 'locked') return [];
  return variedText(mode === 'twice' ? againstEachOther() : [againstRecorded()], helperPrograms().bwrap !== null);
}

function noInput(node: Node, place: string): Problem {
  const { name, at } = node.stage;
  return problem('E1312', `\`${place}\`, which \`${name}\` reads, is not here`, {
    at,
    stage: name,
    experiment: node.experiment,
    path: place,
    expected: 'its inputs in place, or in the cache',
    hint: 'pipe run',
  });
}

function noSandbox(): Problem {
  return problem('E1320', 'a sandbox needs Bubblewrap (`bwrap`), which is not here or may not be used', {
    expected: 'Linux, Bubblewrap, and the right to make namespaces',
    hint: 'sudo apt-get install bubblewrap strace',
  });
}

function noNames(): Problem {
  return warning('E1322', 'strace is not here or may not be used: undeclared reads fail, but are not named', {
    hint: 'sudo apt-get install strace',
  });
}
