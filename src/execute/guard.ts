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

/** Waking the guard costs more than starting a process: it hears only of groups that last, several at a time. */
const NEWS_DELAY_MS = 20;

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
# Several times: a process may be starting another, or may have no environment of its own yet.
for pass in 1 2 3 4 5; do
  for file in $(grep -las "$1" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -s KILL "\${pid%/environ}"
  done
  sleep 0.1
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
  const news = new Map<number, '+' | '-'>();
  let timer: NodeJS.Timeout | null = null;

  function tell(): void {
    timer = null;
    child.stdin?.write([...news].map(([group, sign]) => `${sign} ${group}\n`).join(''));
    news.clear();
  }

  function add(group: number, sign: '+' | '-'): void {
    news.set(group, sign);
    timer ??= setTimeout(tell, NEWS_DELAY_MS).unref();
  }

  return {
    note: (group) => add(group, '+'),
    forget(group) {
      if (news.get(group) === '+') news.delete(group);
      else add(group, '-');
    },
    dismiss() {
      if (timer !== null) clearTimeout(timer);
      child.kill('SIGKILL');
    },
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
