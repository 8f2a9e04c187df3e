/**
 * Runs one program of an installation: a list of arguments and no shell, a time limit, and nothing left running behind it.
 *
 * Package managers and install scripts start programs of their own, and some of those wait for a network for ever: the whole
 * process group is ended.
 */
import { type Problem, problem } from '../base/problem.ts';

export interface ProgramOptions {
  readonly cwd: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** How a program ended. `output`: both streams in the order in which they came; `stdout` alone, without the last line break. */
export interface ProgramEnd {
  readonly kind: 'done' | 'failed' | 'not-found' | 'timed-out' | 'aborted';
  readonly stdout: string;
  readonly output: string;
}

/** Never rejects. */
export async function runProgram(
  file: string,
  args: readonly string[],
  { cwd, env = {}, timeoutMs, signal }: ProgramOptions,
): Promise<ProgramEnd> {
  const { execa } = await import('execa');
  const isGroup = process.platform !== 'win32';
  const child = execa(file, args, {
    cwd,
    env,
    stdin: 'ignore',
    reject: false,
    all: true,
    detached: isGroup,
    maxBuffer: 1 << 24,
  });
  let ended: 'timed-out' | 'aborted' | null = null;
  const end = (why: 'timed-out' | 'aborted') => {
    ended ??= why;
    try {
      if (isGroup && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      else child.kill('SIGKILL');
    } catch {
      // It ended by itself just now.
    }
  };
  const timer = setTimeout(() => end('timed-out'), timeoutMs);
  const onAbort = () => end('aborted');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const result = await child;
    const kind = ended ?? (result.failed ? (result.code === 'ENOENT' ? 'not-found' : 'failed') : 'done');
    return { kind, stdout: result.stdout, output: result.all ?? '' };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** The lines of a program's output that say something. */
export function spokenLines(output: string): string[] {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.includes('A complete log of this run'));
}

/** The time of a step is up. @param hint  what does not need that step; without it: more time. */
export function tookTooLong(what: string, { timeoutMs }: ProgramOptions, hint?: string): Problem {
  const seconds = Math.ceil(timeoutMs / 1000);
  return problem('E1155', `${what} had not ended after ${seconds} s and was stopped`, {
    hint: hint ?? `give it more time: --timeout ${seconds * 3}`,
  });
}
