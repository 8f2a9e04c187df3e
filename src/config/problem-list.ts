/** Gathers the problems of a load, so that a user sees all of them at once and each only once. */
import { type Problem, type ProblemDetails, problem, warning } from '../base/problem.ts';
import type { ProblemCode } from '../base/problem-codes.ts';
import type { Place } from './tree.ts';

export class ProblemList {
  readonly #problems = new Map<string, Problem>();
  readonly #mainFile: string | undefined;
  /** Counts every report, repeated ones too: whether a step reported anything is seen by comparing two readings. */
  errorCount = 0;
  /** The experiment that is being read: problems it does not share with those before it carry its name. */
  experiment: string | null = null;

  /** @param mainFile its problems come first. */
  constructor(mainFile?: string) {
    this.#mainFile = mainFile;
  }

  error(code: ProblemCode, at: Place, message: string, details: Omit<ProblemDetails, 'at'> = {}): void {
    this.add(problem(code, message, withPlace(at, details)));
  }

  warn(code: ProblemCode, at: Place, message: string, details: Omit<ProblemDetails, 'at'> = {}): void {
    this.add(warning(code, message, withPlace(at, details)));
  }

  /** The same problem at the same place is kept once: experiments share most of a file. */
  add(found: Problem): void {
    if (found.severity === 'error') this.errorCount++;
    const identity = JSON.stringify([found.code, found.at, found.message]);
    if (this.#problems.has(identity)) return;
    this.#problems.set(identity, this.experiment === null ? found : { experiment: this.experiment, ...found });
  }

  errors(): readonly Problem[] {
    return this.#inOrder().filter((each) => each.severity === 'error');
  }

  warnings(): readonly Problem[] {
    return this.#inOrder().filter((each) => each.severity === 'warning');
  }

  /** By file, line and column; problems without a place come last. Other files stay in the order in which they were met. */
  #inOrder(): Problem[] {
    const files = new Set([this.#mainFile, ...[...this.#problems.values()].map((each) => each.at?.file)]);
    files.delete(undefined);
    const rank = new Map<string | undefined, number>([...files].map((file, index) => [file, index]));
    rank.set(undefined, files.size);
    return [...this.#problems.values()].sort(
      (a, b) =>
        (rank.get(a.at?.file) ?? 0) - (rank.get(b.at?.file) ?? 0) ||
        (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
        (a.at?.column ?? 0) - (b.at?.column ?? 0),
    );
  }
}

function withPlace(at: Place, details: Omit<ProblemDetails, 'at'>): ProblemDetails {
  return at === null ? details : { ...details, at };
}
