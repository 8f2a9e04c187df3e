/**
 * How a unit is started apart from the machine: under another host name, or where it can read only what it declares.
 *
 * The sandbox is one mechanism for commands and for stages, native code included: Bubblewrap mounts the folders of the system
 * and the programs, read-only, and the private folder of the unit. The project, what lies in the home folder, and other data are not there.
 * It guards against forgetting, not against malice: system files and programs can be read, and /proc is the machine's.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isWithin, type ProjectPath } from '../../base/paths.ts';
import type { HelperPrograms } from './programs.ts';
import type { Variation } from './variation.ts';

/** Where systems keep programs and their settings. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/etc', '/opt', '/nix', '/sys'];

/** A launcher that changes nothing but the host's name and the processors; none of both where that is not to be had. */
export function varyingLauncher(programs: HelperPrograms, variation: Variation): readonly string[] {
  const { bwrap } = programs;
  const rename =
    bwrap === null ? [] : [bwrap, '--dev-bind', '/', '/', '--unshare-uts', '--hostname', variation.hostName];
  return [...rename, ...onProcessors(programs, variation)];
}

export interface SandboxRequest {
  readonly bwrap: string;
  readonly programs: HelperPrograms;
  readonly variation: Variation;
  /** Absolute folder of the unit; all in it can be read and written. */
  readonly folder: string;
  /** Absolute folder of the project, which cannot be seen. */
  readonly project: string;
  /** Absolute places that can be read besides: the code of a stage, and the packages it imports. */
  readonly reads: readonly string[];
  /** Absolute path of the file that gets what the unit opened; null where that cannot be told. */
  readonly trace: string | null;
}

export function sandboxLauncher(request: SandboxRequest): readonly string[] {
  const { bwrap, programs, variation, folder, project, trace } = request;
  const names = ['--unshare-uts', '--hostname', variation.hostName, '--unshare-net', '--unshare-ipc'];
  const hostFile = path.join(folder, 'hostname');
  fs.writeFileSync(hostFile, `${variation.hostName}\n`);
  const nameFile = fs.existsSync('/etc/hostname') ? ['--ro-bind', hostFile, '/etc/hostname'] : [];
  const home = os.homedir();
  const hidden = [...(home === '/' ? [] : ['--tmpfs', home]), ...(isInSystem(project) ? ['--tmpfs', project] : [])];
  const devices = [
    '--dev-bind',
    '/dev',
    '/dev',
    '--tmpfs',
    '/dev/shm',
    '--ro-bind',
    '/proc',
    '/proc',
    '--tmpfs',
    '/tmp',
  ];
  const reads = [...programPlaces(project), ...request.reads].filter((each) => fs.existsSync(each));
  const mounts = [...new Set(reads)].sort().flatMap((each) => ['--ro-bind', each, each]);
  const tracing =
    trace === null || programs.strace === null
      ? []
      : [...programs.strace, ...['-y', '-qq', '-s', '4096', '-e', CALLS, '-A', '-o', trace]];
  return [
    ...[bwrap, '--die-with-parent', ...names, ...SYSTEM.flatMap(systemMount), ...devices, ...hidden, ...mounts],
    ...[...nameFile, '--bind', folder, folder, ...tracing, ...onProcessors(programs, variation)],
  ];
}

/** Calls that name files, change folders, or reach for the network. */
const CALLS = 'trace=%file,fchdir,connect,clone,clone3,fork,vfork';

function onProcessors({ taskset }: HelperPrograms, { processors }: Variation): readonly string[] {
  return taskset === null || processors === null ? [] : [taskset, '-c', processors];
}

function systemMount(folder: string): readonly string[] {
  const stats = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  return stats.isSymbolicLink() ? ['--symlink', fs.readlinkSync(folder), folder] : ['--ro-bind', folder, folder];
}

/** Where the programs of PATH and this Node are installed: for `…/bin` the folder around it, which holds their libraries. */
function programPlaces(project: string): readonly string[] {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute);
  const places = [...folders, path.dirname(process.execPath)].flatMap((folder) => {
    if (isInSystem(folder) || !fs.existsSync(folder)) return [];
    const around = path.dirname(folder);
    const isInstallation = /^\.?s?bin$/.test(path.basename(folder));
    return isInstallation && !isTooWide(around, project) ? [around] : isTooWide(folder, project) ? [] : [folder];
  });
  return places;
}

function isInSystem(place: string): boolean {
  return SYSTEM.some((each) => contains(each, place));
}

/** It holds the project, or what a person keeps at home. */
function isTooWide(folder: string, project: string): boolean {
  return contains(folder, project) || contains(folder, os.homedir());
}

/** Whether the absolute folder `outer` is `inner` or holds it. */
export function contains(outer: string, inner: string): boolean {
  return isWithin(inner as ProjectPath, outer as ProjectPath);
}

/** What the process of a stage reads to be what it is: this program, the bundle, and every folder of packages. */
export function stageReads(packageRoot: string, project: string, bundle: string): readonly string[] {
  const own = [path.join(packageRoot, 'dist'), path.join(packageRoot, 'package.json'), path.dirname(bundle)];
  const folders = [...modulesAbove(packageRoot), ...modulesAbove(project), ...modulesAbove(path.dirname(bundle))];
  const linked = folders.flatMap(linkedPackages);
  return [...own, ...folders, ...linked, ...linked.flatMap((each) => modulesAbove(each))].flatMap((each) =>
    fs.existsSync(each) ? [each, fs.realpathSync(each)] : [],
  );
}

function modulesAbove(folder: string): readonly string[] {
  const found: string[] = [];
  for (let at = folder; at !== path.dirname(at); at = path.dirname(at)) {
    const modules = path.join(at, 'node_modules');
    if (fs.existsSync(modules)) found.push(modules);
  }
  return found;
}

/** Where packages that are links lead to (`npm link`, workspaces). */
function linkedPackages(modules: string): readonly string[] {
  const names = fs
    .readdirSync(modules)
    .flatMap((name) =>
      name.startsWith('@') ? fs.readdirSync(path.join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    );
  return names
    .map((name) => path.join(modules, name))
    .filter((each) => fs.lstatSync(each).isSymbolicLink() && fs.existsSync(each))
    .map((each) => fs.realpathSync(each));
}
