/** Programs of the system that some specs need: where they are not there, or not permitted, those specs are left out. */
import { spawnSync } from 'node:child_process';

function works(file: string, args: readonly string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

export const HAS_BWRAP = works('bwrap', ['--dev-bind', '/', '/', '--unshare-uts', '--unshare-net', 'true']);
export const HAS_STRACE = works('strace', ['-f', '-o', '/dev/null', 'true']);
