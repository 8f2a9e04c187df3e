/**
 * Ctrl-C, TERM and HUP: the first asks nicely, a second one ends everything.
 *
 * After the second, what stages were doing is killed and their earlier outputs come back, which takes a moment; nothing else
 * is waited for. Reading a large file in another thread may take minutes, and a crash at any moment loses nothing.
 */

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives signals their usual effect back. */
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERRUPTED = 130;
const TIDYING_MS = 1000;

/** @param killNow  ends the processes of stages, without asking. */
export function interruptible(killNow: () => void): Interrupt {
  const controller = new AbortController();
  let isEnding = false;
  const onSignal = () => {
    if (!controller.signal.aborted) return controller.abort();
    if (isEnding) process.exit(INTERRUPTED);
    isEnding = true;
    // Not taken back by `release`: a thread that still reads would keep the process alive after the command has ended.
    setTimeout(() => process.exit(INTERRUPTED), TIDYING_MS).unref();
    killNow();
  };
  for (const each of SIGNALS) process.on(each, onSignal);
  return {
    signal: controller.signal,
    release() {
      for (const each of SIGNALS) process.off(each, onSignal);
    },
  };
}
