/** The names under which modules stand in a manifest: the same on every machine and in every copy of a project. */
import path from 'node:path';

export interface CodeSite {
  /** Absolute folder of the project. */
  readonly root: string;
  /** Absolute folder of this package, where the built-in stages are. */
  readonly packageRoot: string;
}

/**
 * `stages/crop/index.ts` for a file of the project, `pipe:stages/ingest/index.ts` for one of this package. A file that
 * is in neither is named from the project's folder, `../shared/crop.ts`.
 */
export function moduleName(site: CodeSite, file: string): string {
  const inProject = isInside(site.root, file);
  const inPackage = site.root !== site.packageRoot && isInside(site.packageRoot, file);
  const deeper = isInside(site.packageRoot, site.root) ? site.root : site.packageRoot;
  if (inPackage && !(inProject && deeper === site.root)) return `pipe:${relative(site.packageRoot, file)}`;
  return relative(site.root, file);
}

/** True for files of installed packages other than this one: they count by version, not by text. */
export function isInstalled(site: CodeSite, file: string): boolean {
  const folder = [site.packageRoot, site.root].find((each) => isInside(each, file));
  const rest = folder === undefined ? file : path.relative(folder, file);
  return rest.split(path.sep).includes('node_modules');
}

export function isInside(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

function relative(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}
