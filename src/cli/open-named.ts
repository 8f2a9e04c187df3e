/** `--name NAME`: keeps the values of `--set` as an experiment of this name, and takes it instead. */
import { type Problem, problem } from '../base/problem.ts';
import { fail, type Result } from '../base/result.ts';
import { MAIN } from '../plan/locations.ts';
import { keepExperiment } from '../run/named-experiments.ts';
import type { CommandContext } from './command.ts';
import { type Opened, openFor, readSettings } from './session.ts';

export async function openNamed(context: CommandContext, name: string): Promise<Result<Opened, readonly Problem[]>> {
  const { options } = context;
  const [base = MAIN, ...others] = options.experiments;
  if (options.set.length === 0 || options.all || options.dry || others.length > 0) return fail([nothingToKeep(name)]);
  const overrides = readSettings(context);
  if (!overrides.ok) return overrides;
  // Opened with the values first, so that a mistyped path is never kept.
  const tried = await openFor(context, [base]);
  if (!tried.ok) return tried;
  const kept = await keepExperiment(tried.value.session, name, base, overrides.value);
  if (!kept.ok) return fail([kept.failure]);
  return openFor({ ...context, options: { ...options, set: [] } }, [name]);
}

function nothingToKeep(name: string): Problem {
  return problem('E1207', `\`--name ${name}\` keeps what \`--set\` changes in one experiment`, {
    expected: '`--set` at least once, at most one `--experiment`, no `--all` and no `--dry`',
    hint: 'pipe run --set augment.copies=4 --name more-copies',
  });
}
