/** `pipe gc`: deletes results nothing refers to. */
import { ok } from '../base/result.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { openFor } from './session.ts';

export const gc: CommandRun = async (context) => {
  const opened = await openFor(context, 'all');
  if (!opened.ok) return opened;
  return ok<ExitCode>(0);
};
