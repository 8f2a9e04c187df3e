/**
 * Everything a run said, as JSON lines with the time of each: for looking into a run long after its screen is gone.
 *
 * Opened by the first stage that really runs; a run that has nothing to do leaves no log.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../report/events.ts';

export interface RunLog {
  write(event: RunEvent): void;
  /** Resolves when all is on disk. */
  close(): Promise<void>;
}

export function openRunLog(session: { readonly run: string; readonly store: { readonly root: string } }): RunLog {
  const waiting: RunEvent[] = [];
  let opened: Promise<(event: RunEvent) => void> | null = null;
  let log: ((event: RunEvent) => void) | null = null;

  async function open(): Promise<(event: RunEvent) => void> {
    const { default: pino } = await import('pino');
    const folder = path.join(session.store.root, 'runs');
    fs.mkdirSync(folder, { recursive: true });
    const destination = pino.destination({ dest: path.join(folder, `${session.run}.events.jsonl`), sync: true });
    // A disk that fills up later costs lines of this log, never the run.
    destination.on('error', () => {});
    const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
    return (event) => logger.info(event);
  }

  function flush(): void {
    for (const each of waiting.splice(0)) log?.(each);
  }

  return {
    write(event) {
      if (event.event === 'stage-progress') return;
      waiting.push(event);
      if (log !== null) flush();
      else if (event.event === 'stage-started' && opened === null) {
        opened = open();
        opened.then(
          (write) => {
            log = write;
            flush();
          },
          () => {},
        );
      }
    },
    async close() {
      await opened?.catch(() => {});
      flush();
    },
  };
}
