/** The contract between what decides (needs to know what code a stage is) and what reads code. */
import type { Digest } from '../base/digest.ts';
import type { Problem } from '../base/problem.ts';
import type { Result } from '../base/result.ts';

export interface StageCode {
  /**
   * Each module the entry reaches, by path relative to the project root (or to the package, prefixed `pipe:`, for built-in
   * stages), with the digest of its text without comments and layout.
   */
  readonly modules: Readonly<Record<string, Digest>>;
  /** Each installed package it reaches, directly or through other packages, with its version. */
  readonly packages: Readonly<Record<string, string>>;
  /** Absolute path of one runnable ES module that holds all modules; packages stay imports. */
  readonly bundle: string;
  /** Absolute paths of every file the answer was computed from: while none changed, neither did the answer. */
  readonly sources: readonly string[];
  /** What each script the stage starts as a worker reaches, by the URL of its bundle: results that hang on it alone stay. */
  readonly workers: Readonly<Record<string, Pick<StageCode, 'modules' | 'packages'>>>;
}

export interface CodeReader {
  /** @param entry absolute path of a stage's entry module. Unchanged code is not bundled again, also across processes. */
  read(entry: string): Promise<Result<StageCode, Problem>>;
}
