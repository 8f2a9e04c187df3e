/**
 * Finds packages of optional backends: they may be installed for the project, for this program, or not at all.
 *
 * Found at run time by a name no bundler sees, so that what is installed never enters the digest of a stage's code.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  BACKEND_PACKAGES,
  BACKENDS_FOLDER,
  BACKENDS_FOLDER_VARIABLE,
  type OptionalBackend,
} from '../../../src/base/backends.ts';
import { fail, ok, type Result } from '../../../src/base/result.ts';
import type { Unavailable } from './backend.ts';

export interface FoundPackage {
  /** Absolute path of the package's main module. */
  readonly main: string;
  /** Absolute folder of the package. */
  readonly folder: string;
  readonly version: string;
}

/** @returns each package a backend needs, by name; E1151 when one is missing, E1152 when one has another version. */
export function findPackages(backend: OptionalBackend): Result<Readonly<Record<string, FoundPackage>>, Unavailable> {
  const found: Record<string, FoundPackage> = {};
  const hint = `pipe backend install ${backend}`;
  for (const [name, version] of Object.entries(BACKEND_PACKAGES[backend])) {
    const each = findPackage(backend, name);
    if (each === null) return fail({ code: 'E1151', message: `\`${name}\` is not installed`, hint });
    if (each.version !== version) {
      return fail({ code: 'E1152', message: `\`${name}\` is ${each.version}, expected ${version}`, hint });
    }
    found[name] = each;
  }
  return ok(found);
}

/** Any version of a package. @param group  folder of its own that it may lie in, below that of optional backends. */
export function findPackage(group: string, name: string): FoundPackage | null {
  for (const folder of searchFolders(group)) {
    const from = createRequire(path.join(folder, 'package.json'));
    try {
      const file = from.resolve(`${name}/package.json`);
      const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
      return { main: from.resolve(name), folder: path.dirname(file), version };
    } catch {
      // Not here: the next folder.
    }
  }
  return null;
}

/** The folder named by the environment, then what is installed for the project, then what is installed for this program. */
function searchFolders(group: string): string[] {
  const named = process.env[BACKENDS_FOLDER_VARIABLE];
  const folders = named === undefined || named === '' ? [] : [path.join(path.resolve(named), group)];
  for (const start of [process.cwd(), path.dirname(fileURLToPath(import.meta.url))]) {
    for (let folder = start; ; folder = path.dirname(folder)) {
      folders.push(path.join(folder, 'node_modules', BACKENDS_FOLDER, group));
      if (path.dirname(folder) === folder) break;
    }
    folders.push(start);
  }
  return folders.filter((folder) => existsSync(folder));
}
