/** `pipe run`, from an opened session to the summary. */
import { type Problem, warning } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { endLeftovers } from '../execute/open-executor.ts';
import { MAIN } from '../plan/locations.ts';
import { selectNodes } from '../plan/selection.ts';
import { openRunLog } from '../record/run-log.ts';
import { writeRunRecord } from '../record/run-record.ts';
import type { RunEvent, Summary } from '../report/events.ts';
import { type Told, writeCertificate } from './certificate.ts';
import { diskProblems } from './disk-problem.ts';
import { findForeignWrites } from './foreign-writes.ts';
import { keepOutOfGit } from './keep-out-of-git.ts';
import { machineResources } from './machine.ts';
import { checkProducers } from './only.ts';
import { type NodeRecord, type RunOutcome, runPipeline } from './run-pipeline.ts';
import type { Session } from './session.ts';
import { type NodeSummary, summarise } from './summary.ts';
import { findUndeclared, listWorkFolders } from './undeclared.ts';
import { writeLock } from './write-lock.ts';

export interface RunOptions {
  readonly targets: readonly string[];
  readonly only: boolean;
  readonly force: boolean;
  readonly keepGoing: boolean;
  readonly jobs: number | null;
  /** The command line as typed: what the certificate of "nothing to do" is filed under. */
  readonly argv: readonly string[];
  /** Renders events as they would have been shown: for the certificate. */
  readonly tell: (events: readonly RunEvent[]) => Told;
}

/** The store is marked as used until the lock names what was made: nothing is collected from under a run. */
export async function performRun(
  session: Session,
  options: RunOptions,
  report: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Result<Summary, readonly Problem[]>> {
  const hasArtifacts = session.plan.nodes.some((node) => node.experiment !== MAIN || node.stage.action.kind === 'uses');
  keepOutOfGit(session.root, hasArtifacts ? ['cache', 'artifacts'] : ['cache']);
  // Not interruptible: whoever removes from the store is done in a moment, and a second interrupt ends this process.
  const use = await session.store.use(() => report(waitingForGc()), new AbortController().signal);
  try {
    return await performMarked(session, options, report, signal);
  } finally {
    use.release();
  }
}

function waitingForGc(): RunEvent {
  return {
    event: 'problem',
    problem: warning('E0605', 'another process removes results from the store; waiting for it to end'),
  };
}

async function performMarked(
  session: Session,
  options: RunOptions,
  report: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Result<Summary, readonly Problem[]>> {
  const startedAt = performance.now();
  const events: RunEvent[] = [];
  const log = openRunLog(session);
  const emit = (event: RunEvent) => {
    if (event.event !== 'stage-progress') events.push(event);
    log.write(event);
    report(event);
  };
  const selected = selectNodes(session.plan, options.targets, options.only);
  if (!selected.ok) return selected;
  const { experiments } = session.plan.project;
  if (options.only) {
    const { errors, warnings } = await checkProducers(session, selected.value);
    if (errors.length > 0) return fail(errors);
    for (const problem of warnings) emit({ event: 'problem', problem });
  }
  const targeted = options.force ? selectNodes(session.plan, options.targets, true) : ok(new Set<number>());
  const resources = machineResources(options.jobs);
  emit({
    event: 'started',
    run: session.run,
    experiments: experiments.map((each) => each.name),
    stages: selected.value.size,
    jobs: resources.cpus,
  });
  await endLeftovers(`${session.store.root}/state`);
  const foldersBefore = listWorkFolders(session);
  const outcome = await runToTheEnd(
    session,
    {
      selected: selected.value,
      forced: targeted.ok ? targeted.value : new Set(),
      force: options.force,
      keepGoing: options.keepGoing,
      resources,
    },
    emit,
    signal,
  );
  const foreign = await findForeignWrites(session, outcome);
  for (const problem of [...foreign, ...findUndeclared(session, foldersBefore, outcome)])
    emit({ event: 'problem', problem });
  const unwritten = await disksWord(async () => {
    await writeLock(session, outcome, new AbortController().signal);
    session.reader.save();
  });
  for (const problem of unwritten) emit({ event: 'problem', problem });
  const spoilt = foreign.length + unwritten.length > 0;
  const summary = summarise(session.plan, summariesOf(selected.value, outcome), {
    status: outcome.status === 'ok' && spoilt ? 'failed' : outcome.status,
    seconds: (performance.now() - startedAt) / 1000,
    run: session.run,
    ...(outcome.variants.length > 0 ? { variants: outcome.variants } : {}),
  });
  emit(summary);
  await log.close();
  const didSomething = [...outcome.records.values()].some((record) => record.status !== 'cached');
  // Records are worth having, but a run whose results are published has succeeded without them.
  await disksWord(async () => {
    if (didSomething) await writeRunRecord(session, summary, options.argv);
    else await writeCertificate(session, selected.value, options.argv, () => options.tell(events));
  });
  return ok(summary);
}

/** Whatever happens, no process of a stage is left behind. */
async function runToTheEnd(...args: Parameters<typeof runPipeline>): Promise<RunOutcome> {
  try {
    return await runPipeline(...args);
  } finally {
    await args[0].executor.close();
  }
}

/** Does something with the disk; what the disk refuses comes back as problems. */
async function disksWord(write: () => Promise<void>): Promise<readonly Problem[]> {
  try {
    await write();
    return [];
  } catch (error) {
    const problems = diskProblems(error);
    if (problems === null) throw error;
    return problems;
  }
}

/** Nodes the run never came to, because it stopped before, count as blocked. */
function summariesOf(selected: ReadonlySet<number>, outcome: RunOutcome): Map<number, NodeSummary> {
  const never: NodeRecord = { status: 'blocked', key: null, reasons: [], seconds: 0, action: null };
  return new Map([...selected].map((index) => [index, outcome.records.get(index) ?? never]));
}
