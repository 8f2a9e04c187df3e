/**
 * The programs that are measured: ours, and the peers that happen to be installed.
 *
 * A peer that is missing is left out and named in the results; nothing is ever installed from here.
 */
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** What starts each peer, and the arguments that make it say its version. */
const PEERS = {
  ninja: ['ninja', '--version'],
  make: ['make', '--version'],
  Snakemake: ['snakemake', '--version'],
  DVC: [process.env.DVC_BIN ?? 'dvc', '--version'],
  find: ['find', '--version'],
  openssl: ['openssl', 'version'],
};

const NEEDED = { hyperfine: ['hyperfine', '--version'], 'GNU time': ['/usr/bin/time', '--version'] };

/**
 * The environment of everything that is measured, on both sides: with NODE_EXTRA_CA_CERTS set, every start of Node reads a
 * list of certificates, which takes longer than all of ours.
 */
export const ENVIRONMENT = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };

/** The version a program tells, or null when it is not there. */
function versionOf([program, argument]) {
  const told = spawnSync(program, [argument], { encoding: 'utf8', env: ENVIRONMENT });
  if (told.error !== undefined) return null;
  return /\d+(\.\d+)+\w*/.exec(`${told.stdout}${told.stderr}`)?.[0] ?? 'of unknown version';
}

const versions = Object.fromEntries(Object.entries(PEERS).map(([name, command]) => [name, versionOf(command)]));

/** @param {keyof typeof PEERS} name */
export function isInstalled(name) {
  return versions[name] !== null;
}

/** What has to be there before anything can be measured. */
export function missingTools() {
  return Object.entries(NEEDED)
    .filter(([, command]) => versionOf(command) === null)
    .map(([name]) => name);
}

/** One word of a command line, as hyperfine splits it. */
export function quote(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line that runs in a folder. `env` replaces itself by the program, so no process is added. */
export function inFolder(folder, ...words) {
  return ['env', '-C', folder, ...words].map(quote).join(' ');
}

/** `pipe …` in a project. */
export function pipe(folder, ...words) {
  return inFolder(folder, process.execPath, path.join(ROOT, 'bin/pipe.cjs'), ...words);
}

/** Starting Node and nothing else: below this no program written for Node can get. */
export function bareNode(folder) {
  return inFolder(folder, process.execPath, '-e', '0');
}

/** A peer's command line, in a folder. @param {keyof typeof PEERS} name */
export function peer(name, folder, ...words) {
  return inFolder(folder, PEERS[name][0], ...words);
}

/** What figures of one machine have in common; figures of another do not belong in the same table. */
export function machine() {
  const cpus = os.cpus();
  return {
    processor: `${cpus.length} × ${cpus[0]?.model.trim() ?? 'unknown processor'}`,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.release()}`,
  };
}

/** Kind of file system of a folder. */
export function fileSystemOf(folder) {
  const told = spawnSync('df', ['--output=fstype', folder], { encoding: 'utf8' });
  return told.stdout.trim().split('\n').at(-1) ?? 'unknown';
}

export function allVersions() {
  return { node: process.versions.node, ...versions, hyperfine: versionOf(NEEDED.hyperfine) };
}
