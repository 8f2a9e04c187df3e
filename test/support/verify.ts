/** `pipe verify --json`, read. */
import type { Problem } from '../../src/base/problem.ts';
import type { VerifyEvent } from '../../src/report/verify/verify-events.ts';
import type { Finished, TestProject } from './project.ts';

type Check = Extract<VerifyEvent, { event: 'stage-verified' }>;

export interface Verified extends Finished {
  /** By stage. */
  readonly checks: Readonly<Record<string, Check>>;
  readonly statuses: Readonly<Record<string, string>>;
  /** Codes by stage, and those of no stage under ``. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
  readonly end: Extract<VerifyEvent, { event: 'verification' }>;
}

export function verify(project: TestProject, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Verified {
  const finished = project.pipe(['verify', ...args, '--json'], env);
  const events = finished.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as VerifyEvent);
  const end = events.at(-1);
  if (end?.event !== 'verification') throw new Error(`no verification:\n${finished.stdout}\n${finished.stderr}`);
  const checks = events.filter((event): event is Check => event.event === 'stage-verified');
  const codesOf = (problems: readonly Problem[]) => problems.map((each) => each.code);
  return {
    ...finished,
    checks: Object.fromEntries(checks.map((check) => [check.stage, check])),
    statuses: Object.fromEntries(checks.map((check) => [check.stage, check.status])),
    codes: {
      '': codesOf(end.problems),
      ...Object.fromEntries(checks.map((check) => [check.stage, codesOf(check.problems)])),
    },
    end,
  };
}
