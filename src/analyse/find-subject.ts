/**
 * From a name to its results. A name is tried as an experiment of the lock, then as repetitions of one with other seeds,
 * then as a trial of a search, as a run, and as a Git revision, whose lock is read from Git.
 */
import fs from 'node:fs';
import { didYouMean } from '../base/did-you-mean.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { shellWord } from '../base/shell-word.ts';
import type { RunRecord } from '../generated/run.ts';
import { type Lock, parseLock } from '../record/lock-file.ts';
import { parseTrials } from '../search/read-trials.ts';
import type { Records } from './records.ts';
import { type Member, memberOf, type Subject } from './subject.ts';
import { trialMember } from './trial-member.ts';
import type { Definitions } from './variants.ts';

export interface FindOptions {
  /** Which experiment of a run or a revision is meant. */
  readonly experiment: string;
  /** Reads what the pipeline file says, when a name may be that of repetitions; without it such names stand for nothing. */
  readonly definitions?: () => Promise<Definitions>;
  /** Runs a program in the project and gives what it printed; null when it failed. */
  readonly git: (args: readonly string[]) => Promise<string | null>;
}

export async function findSubject(
  records: Records,
  name: string,
  options: FindOptions,
): Promise<Result<Subject, Problem>> {
  const experiment = await ofLock(records, records.lock, name, options);
  if (experiment.length > 0) return ok({ name, kind: 'experiment', commit: null, members: experiment });
  const trial = ofTrial(records, name, options.experiment);
  if (trial !== null) return trial;
  const run = await ofRun(records, name, options.experiment);
  if (run !== null) return run;
  const revision = await ofRevision(records, name, options);
  return revision ?? fail(unknown(records, name));
}

async function ofLock(
  records: Records,
  lock: Lock,
  name: string,
  { definitions }: Pick<FindOptions, 'definitions'>,
): Promise<Member[]> {
  const exact = lock.get(name);
  if (exact !== undefined) return [memberOf(records, name, exact)];
  const known = await definitions?.();
  const repeated = [...(known?.values() ?? [])].filter((each) => each.variant === name).map((each) => each.name);
  return repeated.flatMap((each) => {
    const stages = lock.get(each);
    return stages === undefined ? [] : [memberOf(records, each, stages)];
  });
}

/** `STAGE#N`, or `EXPERIMENT/STAGE#N`: a trial of a search is a result of one stage, with scores but no outputs of its own. */
function ofTrial(records: Records, name: string, experiment: string): Result<Subject, Problem> | null {
  const parts = /^(?:([^/]+)\/)?(.+)#(\d+)$/.exec(name);
  if (parts === null) return null;
  const [, of = experiment, stage = '', number = ''] = parts;
  const result = records.lock.get(of)?.get(stage);
  const action = result === undefined ? null : records.action(result.key);
  const output = action?.outputs['trials.jsonl'];
  const file = output === undefined ? null : records.file(output);
  const trials = file === null ? [] : parseTrials(fs.readFileSync(file, 'utf8'));
  const trial = trials.find((each) => each.trial === Number(number));
  if (trial !== undefined && action !== null)
    return ok({ name, kind: 'trial', commit: null, members: [trialMember(of, stage, trial, action)] });
  return fail(
    problem('E1209', `there is no trial ${number} of \`${stage}\` in the experiment \`${of}\``, {
      expected: trials.length === 0 ? 'a search that has run' : `0 to ${trials.length - 1}`,
      hint: trials.length === 0 ? `pipe run ${shellWord(stage)}` : `pipe search ${shellWord(stage)}`,
    }),
  );
}

async function ofRun(records: Records, name: string, experiment: string): Promise<Result<Subject, Problem> | null> {
  if (!/^\d{8}T/.test(name)) return null;
  const found = records.runNames().filter((each) => each.startsWith(name));
  const [run] = found;
  if (run === undefined) return null;
  if (found.length > 1)
    return fail(
      problem('E1202', `\`${name}\` is the beginning of ${found.length} runs`, {
        expected: 'enough of the name to tell them apart',
        hint: `pipe diff ${found.slice(0, 2).join(' ')}`,
      }),
    );
  const record = records.run(run);
  if (record === null) return null;
  const all = record.summary.experiments ?? { [record.summary.experiment]: record.summary.stages };
  const names = Object.keys(all);
  const chosen = names.length === 1 ? names[0] : experiment;
  const stages = chosen === undefined ? undefined : all[chosen];
  if (chosen === undefined || stages === undefined)
    return fail(
      problem('E1203', `the run \`${run}\` has no experiment \`${experiment}\``, {
        expected: `one of ${names.map((each) => `\`${each}\``).join(', ')}`,
        hint: `pipe diff ${run} --experiment ${shellWord(names[0] ?? 'main')}`,
      }),
    );
  const member = memberOf(records, chosen, resultsOf(stages));
  return ok({ name: run, kind: 'run', commit: record.environment.git?.commit ?? null, members: [member] });
}

/** Stages that were left out or failed have no key, and no result. */
function resultsOf(
  stages: RunRecord['summary']['stages'],
): Map<string, { key: string; metrics: Record<string, number> }> {
  return new Map(
    Object.entries(stages).flatMap(([name, { key }]) => (key === null ? [] : [[name, { key, metrics: {} }] as const])),
  );
}

async function ofRevision(
  records: Records,
  name: string,
  { git, experiment, definitions }: FindOptions,
): Promise<Result<Subject, Problem> | null> {
  // A name that begins with a dash would be an option of git.
  if (name.startsWith('-')) return null;
  const commit = (await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]))?.trim();
  if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit)) return null;
  const text = await git(['show', `${commit}:./${records.lockFile}`]);
  if (text === null)
    return fail(
      problem('E1204', `\`${records.lockFile}\` is not in the revision \`${name}\``, {
        path: records.lockFile,
        expected: 'a lock file that was committed, because it says what the results were',
        hint: `git add ${shellWord(records.lockFile)} && git commit`,
      }),
    );
  const { lock } = parseLock(text);
  const members = await ofLock(records, lock, experiment, definitions === undefined ? {} : { definitions });
  if (members.length > 0) return ok({ name, kind: 'revision', commit, members });
  return fail(
    problem('E1203', `the revision \`${name}\` has no results of the experiment \`${experiment}\``, {
      expected: `one of ${[...lock.keys()].map((each) => `\`${each}\``).join(', ')}`,
      hint: `pipe diff ${shellWord(name)} --experiment ${shellWord([...lock.keys()][0] ?? 'main')}`,
    }),
  );
}

function unknown(records: Records, name: string): Problem {
  const near = didYouMean(name, records.lock.keys());
  return problem('E1201', `\`${name}\` is no experiment with results, no run and no Git revision`, {
    expected:
      records.lock.size === 0
        ? 'results: nothing has run yet'
        : `one of ${[...records.lock.keys()]
            .slice(0, 20)
            .map((each) => `\`${each}\``)
            .join(', ')}, the name of a run, or a revision`,
    hint: near ?? `pipe run --experiment ${shellWord(name)}`,
  });
}
