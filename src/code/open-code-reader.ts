/**
 * Reads the code of stages: what each reaches, its digests, and a bundle that runs.
 *
 * The answer for an entry is kept in the state folder together with the files it was computed from. While none of them
 * changed it is given again without loading esbuild. Losing the folder costs a bundling, nothing else.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Digest, digestBytes } from '../base/digest.ts';
import type { Problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { bundle, nothingReached } from './bundle.ts';
import { writeWhole } from './bundle-file.ts';
import { buildProblem, missingEntry } from './code-problem.ts';
import type { CodeReader, StageCode } from './code-reader.ts';
import type { CodeSite } from './module-name.ts';
import { reachPackages } from './packages.ts';
import { readSource, recheck, type Source } from './sources.ts';

export interface CodeReaderOptions {
  /** Absolute folder of the project. */
  readonly root: string;
  /** Absolute folder of this package, where the built-in stages are. */
  readonly packageRoot: string;
  /** Absolute folder that may be deleted at any time; bundles go to `code/` in it. */
  readonly stateFolder: string;
}

/** Raised when digests are computed in another way, so that no older answer is taken for a new one. */
const FORMAT = 2;

interface Answer {
  readonly format: typeof FORMAT;
  readonly site: CodeSite;
  readonly code: StageCode;
  readonly sources: readonly Source[];
}

export function openCodeReader(options: CodeReaderOptions): CodeReader {
  const site: CodeSite = { root: resolveLinks(options.root), packageRoot: resolveLinks(options.packageRoot) };
  const folder = path.join(options.stateFolder, 'code');
  const answers = new Map<string, Answer>();
  const underWay = new Map<string, Promise<Result<StageCode, Problem>>>();

  function remembered(entry: string): Answer | null {
    const answer = answers.get(entry) ?? readAnswer(answerFile(folder, entry), site);
    if (answer === null || !existsSync(answer.code.bundle)) return null;
    const sources = answer.sources.map(recheck);
    if (!sources.every((source) => source !== null)) return null;
    const moved = sources.some((source, index) => source !== answer.sources[index]);
    return moved ? remember(entry, { ...answer, sources }) : answer;
  }

  function remember(entry: string, answer: Answer): Answer {
    answers.set(entry, answer);
    mkdirSync(folder, { recursive: true });
    writeWhole(answerFile(folder, entry), JSON.stringify(answer));
    return answer;
  }

  async function compute(entry: string): Promise<Result<StageCode, Problem>> {
    if (!existsSync(entry)) return fail(missingEntry(site, entry));
    const reached = nothingReached();
    const esbuild = await import('esbuild');
    try {
      const file = await bundle({ esbuild, site, folder, reached }, resolveLinks(entry));
      const packages = reachPackages(reached.packageFolders);
      const sources = [...reached.sources.values(), ...packages.sources, ...settings(site)];
      const code: StageCode = {
        modules: sorted(reached.modules),
        packages: packages.versions,
        bundle: file,
        sources: sources.map((source) => source.path),
        workers: Object.fromEntries(
          [...reached.workers].map(([url, own]) => [
            url,
            { modules: sorted(own.modules), packages: reachPackages(own.packageFolders).versions },
          ]),
        ),
      };
      remember(entry, { format: FORMAT, site, code, sources });
      return ok(code);
    } catch (error) {
      const found = buildProblem(site, error, reached.prefixLengths);
      if (found === null) throw error;
      return fail(found);
    }
  }

  async function read(entry: string): Promise<Result<StageCode, Problem>> {
    const answer = remembered(entry);
    if (answer !== null) {
      answers.set(entry, answer);
      return ok(answer.code);
    }
    const begun = underWay.get(entry) ?? compute(entry).finally(() => underWay.delete(entry));
    underWay.set(entry, begun);
    return begun;
  }

  return { read };
}

/** What changes the meaning of modules without being one: `type` and `imports` of a package.json, esbuild itself. */
function settings(site: CodeSite): Source[] {
  const esbuild = createRequire(import.meta.url).resolve('esbuild/package.json');
  const files = [path.join(site.root, 'package.json'), path.join(site.packageRoot, 'package.json'), esbuild];
  return [...new Set(files)].map((file) => readSource(file).source);
}

function answerFile(folder: string, entry: string): string {
  return path.join(folder, `${digestBytes(entry).slice(0, 32)}.json`);
}

/** Null when there is none, or it was made for another place or by another version. */
function readAnswer(file: string, site: CodeSite): Answer | null {
  try {
    const answer = JSON.parse(readFileSync(file, 'utf8')) as Answer;
    const here = answer.site.root === site.root && answer.site.packageRoot === site.packageRoot;
    return here && answer.format === FORMAT ? answer : null;
  } catch {
    return null;
  }
}

function sorted(modules: ReadonlyMap<string, Digest>): Record<string, Digest> {
  return Object.fromEntries([...modules].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** esbuild names files by their real paths. */
function resolveLinks(file: string): string {
  return existsSync(file) ? realpathSync(file) : path.resolve(file);
}
