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
  E0410: 'stages need each other in a circle',
  E0411: 'a target names no stage and no output',
  E0412: 'an experiment reads a folder that holds the output of a stage it changes',
  // E05xx: inputs on disk
  E0511: 'an input cannot be read',
  E0512: 'a link points to nothing',
  E0513: 'a link leads out of the project',
  E0514: 'a link leads in a circle',
  E0515: 'something is neither file, folder nor link',
  E0516: 'a name on disk is not valid UTF-8',
  E0517: 'an input changed while it was read',
  E0590: 'an input does not exist',
  E0591: 'an input changed while the stage that reads it ran',
  E0592: 'a producer of a stage run alone has no result, or a stale one',
  // E06xx: the store and the workspace
  E0601: 'the disk is full',
  E0602: 'the store or an output cannot be read or written',
  E0603: 'an output holds a link that does not stay in it',
  E0604: 'an output is still written to while it is stored',
  E0605: 'the store is in use by another process',
  E0680: 'a file that no run made lies at the place of an output',
  E0681: 'an output was edited by hand; the recorded one was put back',
  E0682: 'a stage wrote into the output of another stage',
  E0683: 'pipeline.lock was damaged and is rebuilt',
  E0684: 'files appeared during the run that no stage declares',
  E0685: 'a frozen stage has no recorded result',
  // E07xx: running programs
  E0701: 'a program ended with an exit code other than 0',
  E0702: 'a program that does not exist or is no program',
  E0703: 'a program could not be started',
  E0704: 'a program was ended by a signal',
  E0705: 'the system ended a program because memory ran out',
  E0706: 'a program was killed, possibly because memory ran out',
  E0710: "a stage's code has a syntax error",
  E0711: "a module or package that a stage's code imports cannot be found",
  E0712: "a file that a stage's code imports is of no kind that can be imported",
  E0713: "a stage's entry module has no function as its default export",
  E0714: 'a stage refused what it was given',
  E0715: 'a stage failed with an error of its own',
  E0716: "a stage's process ended before the stage was done",
  E0717: "a stage's process ran out of memory",
  E0718: 'a stage waits for something that cannot happen any more',
  E0780: 'a declared output was not produced',
  // E08xx: stages and their data
  E0801: 'a dataset artifact cannot be read',
  E0802: 'a source folder holds no labelled images',
  E0803: 'labels do not fit the images or the classes',
  E0804: 'an image cannot be decoded',
  E0805: 'images do not share the size or the channels a stage needs',
  E0806: 'the shares of a split do not add up to 1',
  E0807: 'the dataset is not split as the stage needs it',
  E0808: 'a stage cannot handle this kind of task',
  E0809: 'a search space or objective cannot be used',
  E0810: 'the model does not fit the images or the classes',
  E0811: 'no metric has this name',
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
