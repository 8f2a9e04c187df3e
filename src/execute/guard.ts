/**
 * Ends the processes of this run when the runner itself is killed and can do nothing more.
 *
 * A small shell in its own session reads from a pipe which process groups are running. When the runner dies, however it
 * dies, the pipe ends, and the shell kills the groups it has noted and, on Linux, every process marked by this run.
 */
import { type ChildProcess, spawn } from 'node:child_process';

export interface Guard {
  note(group: number): void;
  forget(group: number): void;
  /** Called when nothing of the run is left: the guard goes without looking for anything. */
  dismiss(): void;
}

const SCRIPT = `
trap '' INT TERM HUP
groups=' '
while read -r sign group; do
  case $sign in
    +) groups="$groups$group " ;;
    -) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done
for file in $(grep -las "$1" /proc/[0-9]*/environ); do
  pid=\${file#/proc/}
  kill -s KILL "\${pid%/environ}"
done
`;

/** @param marker  how the environment entry of every process of this run begins. */
export function openGuard(marker: string): Guard {
  if (process.platform === 'win32') return { note() {}, forget() {}, dismiss() {} };
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'pipe-guard', marker], {
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  letGo(child);
  const tell = (line: string): void => {
    child.stdin?.write(line);
  };
  return {
    note: (group) => tell(`+ ${group}\n`),
    forget: (group) => tell(`- ${group}\n`),
    dismiss: () => void child.kill('SIGKILL'),
  };
}

/** The guard must not keep the runner alive, and its death must not hurt it: leftovers are looked for again next time. */
function letGo(child: ChildProcess): void {
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  child.unref();
  const stdin = child.stdin as (NodeJS.WritableStream & { unref?(): void }) | null;
  stdin?.unref?.();
}
