/** The contract between what decides (needs digests) and what reads (knows how to get them without reading twice). */

import type { ProjectPath } from '../base/paths.ts';
import type { Problem } from '../base/problem.ts';
import type { Result } from '../base/result.ts';
import type { Artifact } from './artifact.ts';

export interface InputReader {
  /**
   * What lies at a path now; null when nothing does.
   *
   * Unchanged files (by size, mtime, ctime, inode; racy entries excepted) are not read again. Safe to call at the same
   * time for many paths; the same path is read once.
   */
  read(path: ProjectPath): Promise<Result<Artifact | null, Problem>>;
  /** Forgets what this process remembers of a path, so that the next `read` looks at the disk again. The stat cache stays. */
  forget(path: ProjectPath): void;
  /** Tells the reader what a path holds, just after the store put it there: it will not be read to find out. */
  learn(path: ProjectPath, artifact: Artifact): void;
  /** Writes the stat cache. Called once, at the end of a command. */
  save(): void;
}
