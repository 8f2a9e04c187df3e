/** What the pipeline file says of experiments, for commands that read records and can do without. */
import type { Definitions } from '../analyse/variants.ts';
import { shellWord } from '../base/shell-word.ts';
import type { CommandContext } from './command.ts';
import { openFor } from './session.ts';

/** Without a pipeline file that can be read, records still are: only groups of repetitions are unknown then. */
export async function definitionsOf(context: CommandContext): Promise<Definitions> {
  const opened = await openFor(context, []);
  return opened.ok ? opened.value.session.plan.project.definitions : new Map();
}

/** What to do about a name without results: run it where it is one, else look at the names there are. */
export function hintFor(name: string, definitions: Definitions): string {
  const isKnown = [...definitions.values()].some((each) => [each.name, each.variant, each.group].includes(name));
  return isKnown ? `pipe run --experiment ${shellWord(name)}` : 'pipe exp';
}
