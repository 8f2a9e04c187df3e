/**
 * Where outputs lie.
 *
 * A command of `main` leaves its outputs where the pipeline says. Everything else lies under
 * `artifacts/<experiment>/<stage>/<output>`, so that experiments never overwrite each other.
 */
import type { ProjectPath } from '../base/paths.ts';
import type { Output, Stage } from '../config/stage.ts';

export const MAIN = 'main';

/** Place of one output of a stage in one experiment. */
export function outputLocation(experiment: string, stage: Stage, output: Output): ProjectPath {
  if (output.path !== null && experiment === MAIN) return output.path;
  return `${stageFolder(experiment, stage.name)}/${output.path ?? output.name}` as ProjectPath;
}

/** The folder under `artifacts/` that belongs to one stage of one experiment. */
function stageFolder(experiment: string, stage: string): ProjectPath {
  return `artifacts/${folderName(experiment)}/${folderName(stage)}` as ProjectPath;
}

/** A name as one path segment: separators, leading dots and control characters are percent-encoded, all else is kept. */
export function folderName(name: string): string {
  return name.replace(/[%/\\:\p{Cc}]|^\./gu, (each) => encodeURIComponent(each).replace('.', '%2E'));
}
