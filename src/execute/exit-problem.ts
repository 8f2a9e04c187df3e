/** How a program ended, in words. */
import { existsSync } from 'node:fs';
import os from 'node:os';
import { type Problem, problem } from '../base/problem.ts';
import type { OomKills } from './oom-kills.ts';
import type { Ending } from './process-table.ts';

/** Exit codes a shell gives for a program it could not find, could not run, or that a signal ended. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const SIGNAL_BASE = 128;
const SHOWN_LENGTH = 72;

/** @param subject  what ended, ready to stand at the start of a sentence. Null when it ended well. */
export function exitProblem(subject: string, ending: Ending, cwd: string, oomKills: OomKills): Problem | null {
  if (ending.kind === 'not-started') return startProblem(subject, ending.error, cwd);
  const { code } = ending;
  const signal = ending.signal ?? signalOf(code);
  if (signal !== null) return signalProblem(subject, signal, oomKills);
  if (code === 0) return null;
  if (code === NOT_FOUND) {
    const hint = 'check how the program is written, and that its folder is in `PATH`';
    return problem('E0702', `${subject} ended with exit code 127: a program was not found`, { hint });
  }
  if (code === NOT_EXECUTABLE) {
    const hint = 'make the file executable: chmod +x FILE';
    return problem('E0702', `${subject} ended with exit code 126: a file is no program, or must not be run`, { hint });
  }
  return problem('E0701', `${subject} ended with exit code ${code}`, { expected: 'exit code 0' });
}

/** Memory may have been the reason for a KILL: the system's counter knows. */
export function signalProblem(subject: string, signal: NodeJS.Signals, oomKills: OomKills): Problem {
  if (signal !== 'SIGKILL') return problem('E0704', `${subject} was ended by the signal ${signal}`);
  const hint = 'run fewer stages at once with `--jobs 1`, or declare `resources: { memory: … }`';
  if (oomKills.haveGrown())
    return problem('E0705', `${subject} was ended by the system because memory ran out`, { hint });
  return problem('E0706', `${subject} was killed (SIGKILL), possibly because memory ran out`, { hint });
}

/** A command as it stands in messages: its first line, shortened. */
export function showCommand(command: string): string {
  const line = command.trim().split('\n', 1)[0] ?? '';
  const isWhole = line.length <= SHOWN_LENGTH && line === command.trim();
  return `\`${isWhole ? line : `${line.slice(0, SHOWN_LENGTH - 1)}…`}\``;
}

function startProblem(subject: string, error: NodeJS.ErrnoException, cwd: string): Problem {
  if (!existsSync(cwd))
    return problem('E0703', `${subject} could not be started: its folder does not exist`, { path: cwd });
  if (error.code === 'E2BIG') {
    const hint = 'put it into a script and run that';
    return problem('E0703', `${subject} could not be started: the command is too long for the system`, { hint });
  }
  return problem('E0703', `${subject} could not be started: ${error.message}`);
}

function signalOf(code: number | null): NodeJS.Signals | null {
  if (code === null || code <= SIGNAL_BASE) return null;
  const number = code - SIGNAL_BASE;
  const found = Object.entries(os.constants.signals).find(([, value]) => value === number);
  return found === undefined ? null : (found[0] as NodeJS.Signals);
}
