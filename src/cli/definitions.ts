/** What the pipeline file says of experiments, for commands that read records and can do without. */
import type { Definitions } from '../analyse/variants.ts';
import type { CommandContext } from './command.ts';
import { openFor } from './session.ts';

/** Without a pipeline file that can be read, records still are: only groups of repetitions are unknown then. */
export async function definitionsOf(context: CommandContext): Promise<Definitions> {
  const opened = await openFor(context, []);
  return opened.ok ? opened.value.session.plan.project.definitions : new Map();
}
