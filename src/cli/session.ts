/** Options of the command line -> an opened session. */
import os from 'node:os';
import type { Json } from '../base/json.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Override } from '../config/override.ts';
import { openSession } from '../run/open-session.ts';
import type { Session } from '../run/session.ts';
import type { CommandContext } from './command.ts';

export interface Opened {
  readonly session: Session;
  readonly warnings: readonly Problem[];
}

/** @param experiments  instead of those of the options. */
export async function openFor(
  context: CommandContext,
  experiments?: readonly string[] | 'all',
): Promise<Result<Opened, readonly Problem[]>> {
  const { options, root, file, packageRoot } = context;
  const overrides = await readSettings(context);
  if (!overrides.ok) return overrides;
  const asked = options.all ? 'all' : options.experiments.length > 0 ? options.experiments : ['main'];
  const opened = await openSession({
    root,
    file,
    overrides: overrides.value,
    experiments: experiments ?? asked,
    packageRoot,
    threads: options.jobs ?? os.availableParallelism(),
  });
  return opened.ok ? ok({ session: opened.value, warnings: opened.value.warnings }) : opened;
}

/** `--set PATH=TEXT`: the text is one YAML value. */
async function readSettings({ options }: CommandContext): Promise<Result<readonly Override[], readonly Problem[]>> {
  if (options.set.length === 0) return ok([]);
  const { parse } = await import('yaml');
  const overrides: Override[] = [];
  const problems: Problem[] = [];
  for (const { path, text } of options.set) {
    try {
      overrides.push({ path, value: parse(text, { schema: 'core' }) as Json });
    } catch {
      problems.push(
        problem('E0904', `\`--set ${path}=${text}\` is not a value in YAML`, {
          expected: 'a number, text, list or map',
          hint: `pipe run --set ${path}='"text"'`,
        }),
      );
    }
  }
  return problems.length > 0 ? fail(problems) : ok(overrides);
}
