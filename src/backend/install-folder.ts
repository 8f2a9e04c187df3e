/** Where an optional backend is installed, and how it is put there: whole or not at all. */
import fs from 'node:fs';
import path from 'node:path';
import { BACKENDS_FOLDER, BACKENDS_FOLDER_VARIABLE, type OptionalBackend } from '../base/backends.ts';

/**
 * The folder named by the environment; else in the `node_modules` of the project, where it has a package.json; else in those
 * this program lies in.
 *
 * @param root         absolute folder of the project.
 * @param packageRoot  absolute folder of this program.
 */
export function backendsFolder(root: string, packageRoot: string, environment: NodeJS.ProcessEnv): string {
  const named = environment[BACKENDS_FOLDER_VARIABLE];
  if (named !== undefined && named !== '') return path.resolve(named);
  if (fs.existsSync(path.join(root, 'package.json'))) return path.join(root, 'node_modules', BACKENDS_FOLDER);
  const above = path.dirname(packageRoot);
  const modules = path.basename(above) === 'node_modules' ? above : path.join(packageRoot, 'node_modules');
  return path.join(modules, BACKENDS_FOLDER);
}

export interface Building {
  /** Absolute folder to look for backends in while this one is tried: only it lies there. */
  readonly parent: string;
  /** Absolute folder of the backend in it. */
  readonly folder: string;
  /** Puts it in place of what was installed before; its absolute folder there. */
  publish(): string;
  /** Removes what was not published. */
  discard(): void;
}

export function beginBuilding(backends: string, name: OptionalBackend): Building {
  fs.mkdirSync(backends, { recursive: true });
  const parent = fs.mkdtempSync(path.join(backends, '.new-'));
  const folder = path.join(parent, name);
  fs.mkdirSync(folder);
  return {
    parent,
    folder,
    publish() {
      const target = path.join(backends, name);
      const old = path.join(parent, 'old');
      if (fs.existsSync(target)) fs.renameSync(target, old);
      // A crash between the two leaves none: the loader then says that it is not installed.
      fs.renameSync(folder, target);
      return target;
    },
    discard() {
      fs.rmSync(parent, { recursive: true, force: true });
    },
  };
}
