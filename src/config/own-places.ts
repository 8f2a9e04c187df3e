/**
 * Names in the project folder that belong to the runner or to Git: no output may lie there, and no input sees them.
 *
 * A dvc.yaml knows no experiments, so nothing of the runner lies in `artifacts/` on its account: that is a usual name for
 * outputs of DVC projects and stays theirs, but for the one folder that `pipeline.yaml` beside it would use.
 */
import { isWithin, type ProjectPath } from '../base/paths.ts';

const PIPE = ['cache', 'artifacts', '.git'] as ProjectPath[];
const DVC = ['cache', 'artifacts/main', '.git'] as ProjectPath[];
const LOCK = /^(?:[^/]+\.)?pipeline\.lock(?:\.|$)/;

/** `pipeline.lock` for `pipeline.yaml`, `NAME.pipeline.lock` for `NAME.yaml`: two files in one folder share no entries. */
export function lockName(pipelineFile: string): string {
  const name = pipelineFile.replace(/\.yaml$/, '');
  return name === 'pipeline' ? 'pipeline.lock' : `${name}.pipeline.lock`;
}

/** A lock of any pipeline file in the project folder, or what is left of writing one. */
export function isLockPlace(place: string): boolean {
  return LOCK.test(place);
}

/** The runner's or Git's own place that `place` is or lies in; null: it is free. */
export function ownPlaceAround(place: ProjectPath, dialect: 'pipe' | 'dvc'): ProjectPath | null {
  const [top = ''] = place.split('/');
  if (isLockPlace(top)) return top as ProjectPath;
  return (dialect === 'dvc' ? DVC : PIPE).find((own) => isWithin(place, own)) ?? null;
}

/**
 * Whether a walk through an input passes over this entry. Only the entry itself is asked about, never what is in it: an
 * input that lies in `artifacts/` is read as any other.
 */
export function isHidden(entry: ProjectPath, dialect: 'pipe' | 'dvc'): boolean {
  if (entry === 'cache' || isLockPlace(entry) || isWithin(entry, '.git' as ProjectPath)) return true;
  return entry === 'artifacts' && dialect === 'pipe';
}
