/**
 * Every problem this project can report: its code and what it means.
 *
 * Codes are stable: programs match on them, pages explain them. A code that is no longer reported is never given again.
 */
export const PROBLEM_CODES = {
  // E01xx: the text of a file
  // E02xx: the shape of the pipeline
  // E03xx: params, variables, overrides
  // E04xx: paths and the graph
  // E05xx: inputs on disk
  // E06xx: the store and the workspace
  // E07xx: running programs
  // E08xx: stages and their data
  // E09xx: the command line
} as const;

export type ProblemCode = keyof typeof PROBLEM_CODES;
