/**
 * Fetches the bytes of an address: follows redirects itself, so that none leads away from https, and stops at a limit of bytes
 * and of time.
 *
 * Sends nothing but the address: no cookie, no authorization. Whoever calls checks the digest.
 */
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { faultOfAddress, shownAddress } from './parse-source.ts';

export interface FetchLimits {
  /** What was asked for, in hints. */
  readonly asked: string;
  readonly timeoutMs: number;
  /** Larger files are not fetched. */
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}

const MOST_REDIRECTS = 5;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** @returns E0881 when it cannot be had whole, E0883 when the time is up, E0888 when it leads somewhere it must not. */
export async function fetchAddress(url: URL, limits: FetchLimits): Promise<Result<Buffer, Problem>> {
  const deadline = AbortSignal.timeout(limits.timeoutMs);
  const signal = AbortSignal.any([limits.signal, deadline]);
  try {
    const answer = await follow(url, signal);
    return answer.ok ? await readAll(answer.value, limits.mostBytes, url) : answer;
  } catch (error) {
    if (limits.signal.aborted) return fail(problem('E0881', 'it was interrupted; nothing was changed'));
    if (deadline.aborted) {
      const seconds = Math.ceil(limits.timeoutMs / 1000);
      return fail(
        problem('E0883', `\`${shownAddress(url)}\` had not come after ${seconds} s`, {
          hint: `pipe backbone add ${limits.asked} --timeout ${seconds * 3}`,
        }),
      );
    }
    return fail(unfetched(url, reasonOf(error)));
  }
}

async function follow(url: URL, signal: AbortSignal): Promise<Result<Response, Problem>> {
  let here = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await fetch(here, { redirect: 'manual', signal, headers: { 'accept-encoding': 'identity' } });
    if (answer.ok) return ok(answer);
    await answer.body?.cancel();
    const target = answer.headers.get('location');
    if (!REDIRECTS.includes(answer.status) || target === null) {
      return fail(unfetched(url, `the server answered ${answer.status}`));
    }
    here = new URL(target, here);
    const fault = faultOfAddress(here) ?? faultOfStep(url, here);
    if (fault !== null) return fail({ ...fault, message: `\`${shownAddress(url)}\` leads to ${fault.message}` });
  }
  return fail(unfetched(url, `it leads on more than ${MOST_REDIRECTS} times`));
}

/** From another machine to this one, or with a password, which the library would write into its message. */
function faultOfStep(from: URL, to: URL): Problem | null {
  const isSafe = from.protocol !== 'https:' || to.protocol === 'https:';
  if (isSafe && to.username === '' && to.password === '') return null;
  return problem('E0888', `\`${shownAddress(to)}\`, ${isSafe ? 'with a user name' : 'which is on this machine'}`, {
    expected: 'https, without a user name',
    hint: 'fetch it by other means, then: pipe backbone add FILE',
  });
}

async function readAll(answer: Response, mostBytes: number, url: URL): Promise<Result<Buffer, Problem>> {
  const tooLarge = () => fail(unfetched(url, `it has more than ${mostBytes} bytes`));
  const told = answer.headers.get('content-length');
  if (Number(told ?? 0) > mostBytes) {
    await answer.body?.cancel();
    return tooLarge();
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.length;
    // Leaving the loop ends the transfer.
    if (length > mostBytes) return tooLarge();
    parts.push(part);
  }
  if (told !== null && length !== Number(told)) {
    return fail(unfetched(url, `${length} of ${told} bytes came`));
  }
  return ok(Buffer.concat(parts));
}

function unfetched(url: URL, why: string): Problem {
  return problem('E0881', `\`${shownAddress(url)}\` cannot be fetched: ${why}`, {
    hint: 'fetch it by other means, then: pipe backbone add FILE',
  });
}

/** The library wraps what went wrong. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
