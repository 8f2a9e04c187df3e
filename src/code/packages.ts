/**
 * Installed packages a stage reaches: names and versions.
 *
 * From each package that is imported the walk follows what its package.json declares: `dependencies`, peers that are not
 * optional, and `optionalDependencies` that are installed. A package built for one platform (it declares `os` or `cpu`)
 * is left out: its version is fixed by the package that asks for it, and colleagues on another system have the same key.
 * So are `@types/…`, which hold no code.
 */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { readSource, type Source } from './sources.ts';

/** Versions of one package are joined where two are reached: `1.4.0, 2.0.1`. */
export interface ReachedPackages {
  readonly versions: Readonly<Record<string, string>>;
  /** Every package.json read, and what package managers rewrite with each installation. */
  readonly sources: readonly Source[];
}

interface PackageFile {
  readonly name?: string;
  readonly version?: string;
  readonly os?: unknown;
  readonly cpu?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const INSTALL_MARKS = ['.package-lock.json', '.modules.yaml', '.yarn-state.yml'];

/** The folder of the installed package a file belongs to, or null when it is in none. */
export function packageFolder(file: string): string | null {
  const match = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(file);
  return match?.[1] ?? null;
}

/** @param folders folders of the packages that are imported directly. */
export function reachPackages(folders: Iterable<string>): ReachedPackages {
  const sources = new Map<string, Source>();
  const versions = new Map<string, Set<string>>();
  const read = (file: string): Buffer | null => {
    const { source, bytes } = readSource(file);
    // What is absent needs no watch: an installation that adds it rewrites one of the marks.
    if (bytes !== null) sources.set(file, source);
    return bytes;
  };
  const parsed = new Map<string, PackageFile | null>();
  const readPackage = (folder: string): PackageFile | null => {
    const known = parsed.get(folder);
    if (known !== undefined) return known;
    const value = parsePackage(read(path.join(folder, 'package.json')));
    parsed.set(folder, value);
    return value;
  };

  const waiting = [...folders];
  const seen = new Set<string>();
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (seen.has(folder)) continue;
    seen.add(folder);
    const file = readPackage(folder);
    if (file === null) continue;
    const name = file.name ?? path.basename(folder);
    versions.set(name, (versions.get(name) ?? new Set()).add(file.version ?? 'unversioned'));
    for (const dependency of dependenciesOf(file)) {
      const found = findInstalled(folder, dependency, readPackage);
      if (found !== null && !isPlatformBuild(readPackage(found))) waiting.push(found);
    }
  }
  for (const modules of new Set([...seen].map(modulesFolder)))
    for (const mark of INSTALL_MARKS) read(path.join(modules, mark));

  const sorted = [...versions].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    versions: Object.fromEntries(sorted.map(([name, all]) => [name, [...all].sort().join(', ')])),
    sources: [...sources.values()],
  };
}

function dependenciesOf(file: PackageFile): string[] {
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = file;
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  const names = [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers];
  return names.filter((name) => !name.startsWith('@types/'));
}

function isPlatformBuild(file: PackageFile | null): boolean {
  return file !== null && (file.os !== undefined || file.cpu !== undefined);
}

/** Looks for a package as Node does: in `node_modules` of the folder and of each folder above it. */
function findInstalled(from: string, name: string, readPackage: (folder: string) => PackageFile | null): string | null {
  for (let folder = from; ; folder = path.dirname(folder)) {
    if (path.basename(folder) !== 'node_modules') {
      const candidate = path.join(folder, 'node_modules', name);
      if (readPackage(candidate) !== null) return realpathSync(candidate);
    }
    if (path.dirname(folder) === folder) return null;
  }
}

function modulesFolder(packageFolder: string): string {
  const parent = path.dirname(packageFolder);
  return path.basename(parent).startsWith('@') ? path.dirname(parent) : parent;
}

function parsePackage(bytes: Buffer | null): PackageFile | null {
  if (bytes === null) return null;
  try {
    return JSON.parse(bytes.toString('utf8')) as PackageFile;
  } catch {
    return {};
  }
}
