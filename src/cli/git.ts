/** Asks Git about the project. */
import { execFile } from 'node:child_process';

/** Largest answer that is read: a lock of a very large project. */
const MOST_BYTES = 256 << 20;

/** What Git printed; null when it failed, or is not there. Never asks the user for anything. */
export function gitIn(root: string): (args: readonly string[]) => Promise<string | null> {
  return (args) =>
    new Promise((resolve) => {
      execFile('git', [...args], { cwd: root, maxBuffer: MOST_BYTES }, (error, stdout) =>
        resolve(error === null ? stdout : null),
      );
    });
}
