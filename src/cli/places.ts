/** Where the project is and where this program is. */
import fs from 'node:fs';
import path from 'node:path';

/** Names a pipeline is looked for under, the first one first. */
export const PIPELINE_FILES = ['pipeline.yaml', 'dvc.yaml'];

/**
 * @param given  from `--file`: its folder is the project.
 * @returns      otherwise the nearest folder, from here upwards, that holds a pipeline file; with none, the folder itself.
 */
export function findProject(
  cwd: string,
  given: string | null,
): { readonly root: string; readonly file: string | null } {
  if (given !== null) {
    const file = path.resolve(cwd, given);
    return { root: path.dirname(file), file: path.basename(file) };
  }
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    if (PIPELINE_FILES.some((name) => fs.existsSync(path.join(folder, name)))) return { root: folder, file: null };
    if (folder === path.dirname(folder)) return { root: cwd, file: null };
  }
}

/** The name of the pipeline file in `root`: the one given, or the first there is. */
export function pipelineFile(root: string, given: string | null): string {
  return given ?? PIPELINE_FILES.find((name) => fs.existsSync(path.join(root, name))) ?? 'pipeline.yaml';
}

/** The folder of this program's package.json, from its sources as from `dist/`. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!fs.existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
}
