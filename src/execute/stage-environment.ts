/**
 * The environment of a stage's process: little of the runner's, so that little of it can change a result unseen.
 *
 * Not passed on although common: NODE_EXTRA_CA_CERTS (reading certificates costs every start 40 ms) and NODE_OPTIONS.
 */
import { MARKER_NAME } from './marker.ts';

const NAMES = new Set([
  'PATH',
  'HOME',
  'TMPDIR',
  'LANG',
  'LD_LIBRARY_PATH',
  // Windows starts no process without these.
  'SystemRoot',
  'TEMP',
  'TMP',
  'USERPROFILE',
]);
const PREFIXES = ['LC_', 'CUDA_', 'NVIDIA_', 'TF_', 'VK_', 'PIPE_'];

export function passedOn(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    const isKept = NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix));
    if (isKept && value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Variables that say what a unit is; a warm process can take new ones. All others are there from its start. */
export function isUnitVariable(name: string): boolean {
  return name.startsWith('PIPE_') && name !== MARKER_NAME;
}
