/** `pipe completion SHELL`: prints a script; `--names KIND`: prints what the script asks for while one types. */
import { problem } from '../base/problem.ts';
import { fail, ok } from '../base/result.ts';
import type { CommandContext, CommandRun, ExitCode } from './command.ts';
import { bashScript, fishScript, zshScript } from './completion-scripts.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export const completion: CommandRun = async (context) => {
  const { names } = context.options;
  const [shell] = context.operands;
  if (names !== null) {
    for (const name of await namesOf(context, names)) process.stdout.write(`${name}\n`);
    return ok<ExitCode>(0);
  }
  if (shell === undefined) {
    return fail([
      problem('E0905', '`pipe completion` needs a shell', {
        expected: 'bash, zsh or fish',
        hint: 'source <(pipe completion bash)',
      }),
    ]);
  }
  process.stdout.write(SCRIPTS[shell as keyof typeof SCRIPTS]());
  return ok<ExitCode>(0);
};

/** A pipeline that cannot be read has no names: whoever presses Tab wants no error message. */
async function namesOf(context: CommandContext, kind: 'stage' | 'experiment'): Promise<readonly string[]> {
  const { openFor } = await import('./session.ts');
  const opened = await openFor(context);
  if (!opened.ok) return [];
  const { plan } = opened.value.session;
  if (kind === 'experiment') return plan.project.experimentNames;
  return [...new Set(plan.nodes.flatMap(({ stage }) => [stage.name, stage.group]))].sort();
}
