/** Paths of a space: those of the trial's own params, and those of stages before the search. */
import type { Json } from '../../src/sdk/index.ts';
import type { Settings } from '../lib/search/types.ts';

/** Whether the path names a param of the trial's stage, not of one of the stages that are reached into. */
export function isOwnPath(path: string, reaches: readonly string[]): boolean {
  return !reaches.some((name) => [name, name.split('@', 1)[0]].some((each) => path.startsWith(`${each}.`)));
}

export interface Parted {
  readonly own: Settings;
  /** Of stages before the search, by path; ordered by path, so that equal ones have one text. */
  readonly reached: Readonly<Record<string, Json>>;
}

export function partSettings(settings: Settings, reaches: readonly string[]): Parted {
  const paths = Object.keys(settings).sort();
  const some = (keep: (path: string) => boolean) =>
    Object.fromEntries(paths.filter(keep).map((path) => [path, settings[path] as Json]));
  return { own: some((path) => isOwnPath(path, reaches)), reached: some((path) => !isOwnPath(path, reaches)) };
}
