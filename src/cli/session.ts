/** Options of the command line -> an opened session. */
import os from 'node:os';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { shellWord } from '../base/shell-word.ts';
import type { Override } from '../config/override.ts';
import { jsonFromTree } from '../config/tree.ts';
import { parseYaml } from '../config/yaml-text.ts';
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
  const overrides = readSettings(context);
  if (!overrides.ok) return overrides;
  const asked = options.all ? 'all' : options.experiments.length > 0 ? options.experiments : ['main'];
  const opened = await openSession({
    root,
    file,
    overrides: overrides.value,
    experiments: experiments ?? asked,
    packageRoot,
    threads: options.jobs ?? os.availableParallelism(),
    backend: options.backend,
  });
  return opened.ok ? ok({ session: opened.value, warnings: opened.value.warnings }) : opened;
}

/** `--set PATH=TEXT`: the text is one YAML value, read as strictly as a file. */
export function readSettings({ options }: CommandContext): Result<readonly Override[], readonly Problem[]> {
  const overrides: Override[] = [];
  const problems: Problem[] = [];
  for (const { path, text } of options.set) {
    const read = parseYaml(text, '--set');
    // An empty file is an empty map; no value is null.
    if (read.ok) overrides.push({ path, value: text.trim() === '' ? null : jsonFromTree(read.value) });
    else {
      problems.push(
        problem('E0904', `\`--set ${path}=${text}\` is not a value in YAML`, {
          expected: 'a number, text, list or map',
          hint: `pipe run --set ${shellWord(`${path}="text"`)}`,
        }),
      );
    }
  }
  return problems.length > 0 ? fail(problems) : ok(overrides);
}
