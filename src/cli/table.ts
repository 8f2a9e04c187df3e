/** placeholder */
import { ok } from '../base/result.ts';
import type { CommandRun, ExitCode } from './command.ts';
export const table: CommandRun = async () => ok<ExitCode>(0);
