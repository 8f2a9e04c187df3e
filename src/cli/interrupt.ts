/** Ctrl-C, TERM and HUP: the first asks nicely, a second one kills at once. */

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives signals their usual effect back. */
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function interruptible(killNow: () => void): Interrupt {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) killNow();
    else controller.abort();
  };
  for (const each of SIGNALS) process.on(each, onSignal);
  return {
    signal: controller.signal,
    release() {
      for (const each of SIGNALS) process.off(each, onSignal);
    },
  };
}
