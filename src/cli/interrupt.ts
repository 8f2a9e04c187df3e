/**
 * Ctrl-C, TERM and HUP: the first asks nicely, a second one ends everything at once.
 *
 * The second must not wait for anything: what this process has in hand then, such as reading a large file in another
 * thread, may take long, and a crash at any moment loses nothing.
 */

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives signals their usual effect back. */
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERRUPTED = 130;

/** @param killNow  ends the processes of stages, without asking. */
export function interruptible(killNow: () => void): Interrupt {
  const controller = new AbortController();
  const onSignal = () => {
    if (!controller.signal.aborted) return controller.abort();
    killNow();
    process.exit(INTERRUPTED);
  };
  for (const each of SIGNALS) process.on(each, onSignal);
  return {
    signal: controller.signal,
    release() {
      for (const each of SIGNALS) process.off(each, onSignal);
    },
  };
}
