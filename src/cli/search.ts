/** `pipe search`: shows searches and their trials; makes a trial an experiment of the pipeline file. */
import type { JsonObject } from '../base/json.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { shellWord } from '../base/shell-word.ts';
import type { Override } from '../config/override.ts';
import type { Trial } from '../generated/trial.ts';
import { withProducers } from '../plan/selection.ts';
import { jsonLine } from '../report/json-lines.ts';
import { createPaint } from '../report/paint.ts';
import { wantsColor } from '../report/process-reporter.ts';
import { searchLines, trialLines } from '../report/search-text.ts';
import { evaluate } from '../run/evaluate.ts';
import { keepExperiment, promoteExperiment } from '../run/named-experiments.ts';
import type { Session } from '../run/session.ts';
import { isSearch, type StudyState, stateOf } from '../run/studies.ts';
import type { CommandContext, CommandRun, ExitCode } from './command.ts';
import { openFor } from './session.ts';

/** Columns where there is no terminal to ask: no line is cut. */
const FILE_COLUMNS = 10_000;

export const search: CommandRun = async (context) => {
  const { operands } = context;
  if (operands[0] === 'promote' && operands.length > 1) return promote(context, operands[1] ?? '', operands[2]);
  const found = await findStudies(context, operands[0]);
  if (!found.ok) return found;
  const [stage, number] = operands;
  if (stage !== undefined && number !== undefined) return showTrial(context, found.value.states[0], stage, number);
  const { stdout } = process;
  for (const shown of found.value.states) {
    if (context.options.json) stdout.write(jsonLine(jsonOf(shown)));
    else stdout.write(`${searchLines(shown, columns(), paintFor(context)).join('\n')}\n`);
  }
  return ok<ExitCode>(0);
};

interface Found {
  readonly session: Session;
  readonly states: readonly StudyState[];
}

/** @param stage  undefined: every search. */
async function findStudies(
  context: CommandContext,
  stage: string | undefined,
): Promise<Result<Found, readonly Problem[]>> {
  const opened = await openFor(context);
  if (!opened.ok) return opened;
  const { session } = opened.value;
  const searches = session.plan.nodes.filter(isSearch);
  const chosen = searches.filter((node) => stage === undefined || node.stage.name === stage);
  if (chosen.length === 0)
    return fail([
      noSearch(
        stage,
        searches.map((node) => node.stage.name),
      ),
    ]);
  const nodes = withProducers(
    session.plan,
    chosen.map(({ index }) => index),
  );
  const evaluations = await evaluate(session, nodes, new Set());
  session.reader.save();
  return ok({
    session,
    states: chosen.flatMap((node) => {
      const evaluation = evaluations.get(node.index);
      return evaluation === undefined ? [] : [stateOf(session, node, evaluation)];
    }),
  });
}

function showTrial(
  context: CommandContext,
  state: StudyState | undefined,
  stage: string,
  number: string,
): Result<ExitCode, readonly Problem[]> {
  const trial = trialIn(state, stage, number);
  if (!trial.ok) return trial;
  const study = state?.study;
  if (study == null) return fail([noTrial(stage, number, 0)]);
  const text = context.options.json
    ? jsonLine({ event: 'trial', stage, ...trial.value })
    : `${[...trialLines(stage, trial.value, study, columns()), '', `pipe search promote ${shellWord(stage)} ${number} --name NAME`].join('\n')}\n`;
  process.stdout.write(text);
  return ok<ExitCode>(0);
}

/** The search is told its settings, and stages before it theirs: nothing is searched or trained for it again. */
async function promote(
  context: CommandContext,
  stage: string,
  number: string | undefined,
): Promise<Result<ExitCode, readonly Problem[]>> {
  const { name } = context.options;
  if (number === undefined || name === null) return fail([incomplete(stage, number)]);
  const found = await findStudies(context, stage);
  if (!found.ok) return found;
  const { session, states } = found.value;
  const trial = trialIn(states[0], stage, number);
  if (!trial.ok) return trial;
  const overrides = overridesOf(stage, trial.value);
  const base = states[0]?.node.experiment ?? 'main';
  const kept = await keepExperiment(session, name, base, overrides);
  if (!kept.ok) return fail([kept.failure]);
  const written = await promoteExperiment(session, name);
  if (!written.ok) return fail([written.failure]);
  if (context.options.json)
    process.stdout.write(jsonLine({ event: 'promoted', experiment: name, overrides: overrides as never }));
  else
    process.stdout.write(
      `experiment ${name} is in ${session.plan.project.file}     run it: pipe run --experiment ${shellWord(name)}\n`,
    );
  return ok<ExitCode>(0);
}

function overridesOf(stage: string, { use, pipeline }: Trial): readonly Override[] {
  const before = Object.entries(pipeline as JsonObject).map(([path, value]): Override => ({ path, value }));
  return [...before, { path: `${stage}.use`, value: use as JsonObject }];
}

function trialIn(state: StudyState | undefined, stage: string, number: string): Result<Trial, readonly Problem[]> {
  const trials = state?.study?.trials ?? [];
  const trial = trials.find((each) => String(each.trial) === number);
  return trial === undefined ? fail([noTrial(stage, number, trials.length)]) : ok(trial);
}

function jsonOf({ node, state, study, journal, asked }: StudyState) {
  const { name } = node.stage;
  return { event: 'search', experiment: node.experiment, stage: name, state, asked, ...study, journal } as const;
}

function noSearch(stage: string | undefined, searches: readonly string[]): Problem {
  const [first] = searches;
  return problem('E1034', stage === undefined ? 'this pipeline has no search' : `\`${stage}\` is no search`, {
    expected:
      first === undefined
        ? 'a stage with `uses: search`'
        : `one of ${searches.map((each) => `\`${each}\``).join(', ')}`,
    hint: first === undefined ? 'add a stage with `uses: search`' : `pipe search ${shellWord(first)}`,
  });
}

function noTrial(stage: string, number: string, trials: number): Problem {
  return problem('E1035', `\`${stage}\` has no finished trial \`${number}\``, {
    stage,
    expected: trials === 0 ? 'a search that has run' : `a number from 0 to ${trials - 1}`,
    hint: trials === 0 ? `pipe run ${shellWord(stage)}` : `pipe search ${shellWord(stage)}`,
  });
}

function incomplete(stage: string, number: string | undefined): Problem {
  return problem('E0905', '`pipe search promote` needs a search, a trial and a name for the experiment', {
    hint: `pipe search promote ${shellWord(stage)} ${number ?? '0'} --name NAME`,
  });
}

function columns(): number {
  return process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : FILE_COLUMNS;
}

function paintFor({ options }: CommandContext) {
  return createPaint(wantsColor(process.stdout.isTTY === true, options.noColor));
}
