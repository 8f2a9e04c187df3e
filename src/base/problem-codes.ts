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
  E0901: 'a command that does not exist',
  E0902: 'a flag that does not exist, or that this command does not have',
  E0903: 'a flag without its value, or with a value it does not take',
  E0904: 'a value on the command line that is not acceptable',
  E0905: 'too few or too many names after a command',
  E0906: 'flags that contradict each other',
  E0907: 'a folder that already holds a pipeline',
} as const;

export type ProblemCode = keyof typeof PROBLEM_CODES;
