/** How a stage's process failed, as a problem. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type Problem, problem } from '../base/problem.ts';
import { PROBLEM_CODES, type ProblemCode } from '../base/problem-codes.ts';
import type { HostMessage } from '../sdk/protocol.ts';
import { exitProblem } from './exit-problem.ts';
import type { OomKills } from './oom-kills.ts';
import type { Ending } from './process-table.ts';
import { firstOwnPlace } from './stack-places.ts';

type Failure = Extract<HostMessage, { type: 'failed' }>['error'];

const LOG_END_BYTES = 65536;
const HINTS: Partial<Record<ProblemCode, string>> = {
  E0713: 'export default async function run(context) { … }',
  E0718: 'await every promise the stage starts, and settle every promise it makes',
};

/** The stage said that it failed, or threw. */
export function reportedProblem(failure: Failure, root: string): Problem {
  const { name, message } = failure;
  if (failure.stack === undefined) {
    const code = isProblemCode(name) ? name : name === 'StageError' ? 'E0714' : 'E0715';
    const hint = failure.hint ?? HINTS[code];
    return problem(code, message, hint === undefined ? {} : { hint });
  }
  const at = firstOwnPlace(failure.stack, root);
  const text = `the stage failed: ${name}: ${message}`;
  return problem('E0715', text, at === null ? {} : { at, path: at.file });
}

/** The process ended and said nothing. */
export function crashProblem(ending: Ending, cwd: string, log: string, oomKills: OomKills): Problem {
  if (/JavaScript heap out of memory|Reached heap limit/.test(endOfLog(log))) {
    const hint = 'hold fewer images in memory at once, or work item by item';
    return problem('E0717', "the stage's process ran out of memory (JavaScript heap)", { hint });
  }
  const isSilent = ending.kind === 'exit' && ending.signal === null && ending.code === 0;
  const found = isSilent ? null : exitProblem("the stage's process", ending, cwd, oomKills);
  if (found !== null && found.code !== 'E0701' && found.code !== 'E0702') return found;
  const code = ending.kind === 'exit' ? ending.code : null;
  const hint = 'a stage must not call `process.exit`: it returns when it is done and throws when it fails';
  return problem('E0716', `the stage's process ended with exit code ${code} before the stage was done`, { hint });
}

function isProblemCode(name: string): name is ProblemCode {
  return Object.hasOwn(PROBLEM_CODES, name);
}

function endOfLog(file: string): string {
  try {
    const log = openSync(file, 'r');
    try {
      const size = fstatSync(log).size;
      const bytes = Buffer.alloc(Math.min(size, LOG_END_BYTES));
      readSync(log, bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString('latin1');
    } finally {
      closeSync(log);
    }
  } catch {
    return '';
  }
}
