/** What every command gets and gives: the seam between `main` and the files of this folder. */
import type { Problem } from '../base/problem.ts';
import type { Result } from '../base/result.ts';
import type { Options } from './args.ts';

/** 0 done, 1 a stage failed, 2 usage or configuration, 3 not up to date, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

export interface CommandContext {
  /** As typed after `pipe`. */
  readonly argv: readonly string[];
  readonly operands: readonly string[];
  readonly options: Options;
  /** Absolute folder of the pipeline file, or the working folder when there is none. */
  readonly root: string;
  /** Name of the pipeline file given by `--file`; null: the default. */
  readonly file: string | null;
  /** Absolute folder of this program. */
  readonly packageRoot: string;
}

/** Problems are printed by `main`, as text or as JSON, and give exit code 2. */
export type CommandRun = (context: CommandContext) => Promise<Result<ExitCode, readonly Problem[]>>;
