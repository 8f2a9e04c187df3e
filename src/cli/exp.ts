/** `pipe exp`: lists experiments; renames, removes, promotes or exports one. */
import { listExperiments, sharedSeconds } from '../analyse/experiment-list.ts';
import { exportRecord } from '../analyse/export-record.ts';
import { openRecords } from '../analyse/records.ts';
import { variantsNamed, variantsOf } from '../analyse/variants.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { readRecorded } from '../config/recorded-experiments.ts';
import { diskWorld } from '../config/world.ts';
import { experimentsText } from '../report/experiment-text.ts';
import { jsonLine } from '../report/json-lines.ts';
import { promoteExperiment, removeNamed, renameNamed } from '../run/named-experiments.ts';
import type { Session } from '../run/session.ts';
import type { CommandContext, CommandRun, ExitCode } from './command.ts';
import { hintFor } from './definitions.ts';
import { screenColumns, screenPaint } from './results.ts';
import { openFor } from './session.ts';

/** What can be done, with how many names each takes. */
const ACTIONS = { list: 0, rename: 2, remove: 1, promote: 1, export: 1 } as const;
type Action = keyof typeof ACTIONS;

export const exp: CommandRun = async (context) => {
  const [asked = 'list', ...names] = context.operands;
  const action = (Object.keys(ACTIONS) as Action[]).find((each) => each === asked);
  if (action === undefined) return fail([unknownAction(asked)]);
  if (names.length !== ACTIONS[action]) return fail([wrongCount(action, names.length)]);
  const opened = await openFor(context, []);
  if (!opened.ok) return opened;
  const { session } = opened.value;
  const [name = '', other = ''] = names;
  switch (action) {
    case 'list':
      return ok(list(context, session));
    case 'export':
      return print(context, session, name);
    case 'rename':
      return done(context, await renameNamed(session, name, other), `renamed ${name} to ${other}`);
    case 'remove':
      return done(
        context,
        await removeNamed(session, name),
        `removed ${name}; its results stay in the cache until \`pipe gc\``,
      );
    case 'promote':
      return done(context, await promoteExperiment(session, name), `wrote ${name} into ${session.plan.project.file}`);
  }
};

function list({ options, root }: CommandContext, { plan }: Session): ExitCode {
  const { definitions, file } = plan.project;
  const variants = variantsOf(openRecords(root, file), definitions);
  const entries = listExperiments(variants, new Set(readRecorded(diskWorld, root, file).keys()));
  if (options.json) process.stdout.write(jsonLine({ version: 1, experiments: entries }));
  else if (!options.quiet)
    process.stdout.write(
      experimentsText(entries, sharedSeconds(entries), Date.now(), screenColumns(), screenPaint(options)),
    );
  return 0;
}

/** JSON in any case: it is made for programs and archives. */
function print({ root }: CommandContext, { plan }: Session, name: string): Result<ExitCode, readonly Problem[]> {
  const records = openRecords(root, plan.project.file);
  const variants = variantsOf(records, plan.project.definitions);
  const found = variantsNamed(variants, name).filter(({ members }) => members.length > 0);
  if (found.length === 0) {
    const hint = didYouMean(name, records.lock.keys()) ?? hintFor(name, plan.project.definitions);
    return fail([problem('E1201', `\`${name}\` is no experiment with results`, { experiment: name, hint })]);
  }
  const exported = found.map((variant) => exportRecord(records, variant));
  process.stdout.write(`${JSON.stringify(exported.length === 1 ? exported[0] : exported, null, 2)}\n`);
  return ok<ExitCode>(0);
}

function done(
  { options }: CommandContext,
  outcome: Result<null, Problem>,
  text: string,
): Result<ExitCode, readonly Problem[]> {
  if (!outcome.ok) return fail([outcome.failure]);
  if (options.json) process.stdout.write(jsonLine({ event: 'exp', done: text }));
  else if (!options.quiet) process.stderr.write(`${text}\n`);
  return ok<ExitCode>(0);
}

function unknownAction(asked: string): Problem {
  const hint = didYouMean(asked, Object.keys(ACTIONS)) ?? 'pipe exp --help';
  return problem('E0904', `\`pipe exp\` cannot \`${asked}\``, {
    expected: `one of ${Object.keys(ACTIONS)
      .map((each) => `\`${each}\``)
      .join(', ')}`,
    hint,
  });
}

function wrongCount(action: Action, given: number): Problem {
  const expected = ACTIONS[action];
  return problem(
    'E0905',
    `\`pipe exp ${action}\` was given ${given} ${given === 1 ? 'name' : 'names'}, and takes ${expected}`,
    {
      hint: action === 'rename' ? 'pipe exp rename OLD NEW' : `pipe exp ${action}${expected === 1 ? ' NAME' : ''}`,
    },
  );
}
