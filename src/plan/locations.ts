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

/** The folder that belongs to one stage of one experiment. */
function stageFolder(experiment: string, stage: string): ProjectPath {
  const variant = readVariant(experiment);
  const folder = variant === null ? `artifacts/${folderName(experiment)}` : variant.folder;
  return `${folder}/${folderName(stage)}` as ProjectPath;
}

/**
 * The name of an experiment that only a stage asked for: what its stages make lies in a private folder of the run. Names that
 * people give hold no colon.
 */
export function variantName(base: string, folder: string): string {
  return `variant:${base}:${folder}`;
}

/** The parts of such a name; null for the name of an experiment of the file. */
export function readVariant(experiment: string): { readonly base: string; readonly folder: string } | null {
  const match = /^variant:([^:]*):(.*)$/s.exec(experiment);
  return match === null ? null : { base: match[1] as string, folder: match[2] as string };
}

/** The experiment of the file: a variant is one under further values. */
export function baseExperiment(experiment: string): string {
  return readVariant(experiment)?.base ?? experiment;
}

/** A name as one path segment: separators, leading dots and control characters are percent-encoded, all else is kept. */
export function folderName(name: string): string {
  return name.replace(/[%/\\:\p{Cc}]|^\./gu, (each) => encodeURIComponent(each).replace('.', '%2E'));
}
