/**
 * Makes one runnable ES module of a stage's entry and everything it reaches in the project.
 *
 * Packages stay imports, written as absolute URLs found from the importing module, so the bundle runs from wherever it
 * lies. `import.meta.url` keeps meaning the module it is written in. A file named by `new URL('./file',
 * import.meta.url)` counts as reached: a script (a worker) becomes a bundle of its own, anything else is read from its
 * place by its bytes; folders and files that do not exist are left alone. What is imported by a name made at run time
 * is found at run time but cannot count.
 *
 * esbuild's settings are all given here: a user's tsconfig.json changes nothing.
 */

import { statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as Esbuild from 'esbuild';
import type { Digest } from '../base/digest.ts';
import { writeBundle } from './bundle-file.ts';
import { digestModule, isScript, LOADERS, loaderOf, type ModuleText } from './module-digest.ts';
import { type CodeSite, isInstalled, moduleName } from './module-name.ts';
import { packageFolder } from './packages.ts';
import { readSource, type Source } from './sources.ts';

/** What one stage reaches, collected over its bundle and those of its workers. */
export interface Reached {
  readonly modules: Map<string, Digest>;
  readonly packageFolders: Set<string>;
  readonly sources: Map<string, Source>;
  /** Length of what was put before the first line of a file, for error positions. */
  readonly prefixLengths: Map<string, number>;
  /** By the URL of its bundle, what each worker reaches by itself. All of it is in the above, too. */
  readonly workers: Map<string, Reached>;
}

export function nothingReached(): Reached {
  return {
    modules: new Map(),
    packageFolders: new Set(),
    sources: new Map(),
    prefixLengths: new Map(),
    workers: new Map(),
  };
}

export interface BundleJob {
  readonly esbuild: typeof Esbuild;
  readonly site: CodeSite;
  /** Absolute folder for bundles. */
  readonly folder: string;
  readonly reached: Reached;
}

/** `new URL("./worker.ts",import.meta.url)` as esbuild prints it. */
const PRINTED_URL = /new URL\((["'`])(\.{1,2}\/[^"'`]*)\1,import\.meta\.url\)/g;
const WRITTEN_URL = /(\bnew\s+URL\(\s*)(["'`])(\.{1,2}\/[^"'`]*)\2(?=\s*,\s*import\.meta\.url\s*,?\s*\))/g;

/**
 * @param open  entries being bundled now: a worker that starts itself ends there.
 * @returns     the absolute path of the bundle.
 * @throws      esbuild's BuildFailure.
 */
export async function bundle(job: BundleJob, entry: string, open: readonly string[] = []): Promise<string> {
  const result = await job.esbuild.build({
    entryPoints: [entry],
    outfile: path.join(job.folder, 'entry.mjs'),
    absWorkingDir: job.site.root,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: [],
    legalComments: 'none',
    charset: 'utf8',
    sourcemap: 'external',
    sourcesContent: false,
    tsconfigRaw: '{}',
    loader: LOADERS,
    logLevel: 'silent',
    define: {
      'import.meta.url': '__moduleUrl',
      'import.meta.filename': '__moduleFile',
      'import.meta.dirname': '__moduleFolder',
    },
    plugins: [packagePlugin(job), modulePlugin(job, [...open, entry])],
  });
  const output = (end: string): string => result.outputFiles.find((file) => file.path.endsWith(end))?.text ?? '';
  return writeBundle(job.folder, entry, output('.mjs'), output('.mjs.map'));
}

/** Leaves packages out of the bundle, as absolute URLs. What cannot be found is left to esbuild's own message. */
function packagePlugin(job: BundleJob): Esbuild.Plugin {
  return {
    name: 'packages',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async (args) => {
        if (args.kind === 'entry-point' || args.pluginData === packagePlugin) return null;
        if (path.isAbsolute(args.path) || isBuiltin(args.path)) return null;
        const options = { kind: args.kind, importer: args.importer, pluginData: packagePlugin };
        let found = await build.resolve(args.path, { ...options, resolveDir: args.resolveDir });
        if (found.errors.length > 0)
          found = await build.resolve(args.path, { ...options, resolveDir: job.site.packageRoot });
        if (found.errors.length > 0) return null;
        if (found.external || !isInstalled(job.site, found.path)) return { ...found, pluginData: undefined };
        const folder = packageFolder(found.path);
        if (folder !== null) job.reached.packageFolders.add(folder);
        const required = args.kind === 'require-call' || args.kind === 'require-resolve';
        return { path: required ? found.path : pathToFileURL(found.path).href, external: true };
      });
    },
  };
}

/** Reads, digests and prepares each module. */
function modulePlugin(job: BundleJob, open: readonly string[]): Esbuild.Plugin {
  return {
    name: 'modules',
    setup(build) {
      build.onLoad({ filter: /.*/, namespace: 'file' }, async ({ path: file }) => {
        const { source, bytes } = readSource(file);
        job.reached.sources.set(file, source);
        const loader = loaderOf(file);
        if (bytes === null || loader === undefined) return null;
        const module = await digestQuietly(job.esbuild, file, bytes);
        if (module === null) return { contents: bytes, loader };
        job.reached.modules.set(moduleName(job.site, file), module.digest);
        if (!module.printed.includes('import.meta')) return { contents: bytes, loader };
        const assets = await reachAssets(job, file, module.printed, open);
        return { contents: placeModule(job, file, bytes.toString('utf8'), assets), loader };
      });
    },
  };
}

/** Null when the text has a syntax error: the bundle then fails with the same error and its place. */
async function digestQuietly(esbuild: typeof Esbuild, file: string, bytes: Buffer): Promise<ModuleText | null> {
  try {
    return await digestModule(esbuild, file, bytes);
  } catch {
    return null;
  }
}

/** @returns the URLs of worker bundles by the text that names them. */
async function reachAssets(
  job: BundleJob,
  importer: string,
  printed: string,
  open: readonly string[],
): Promise<Map<string, string>> {
  const bundles = new Map<string, string>();
  for (const [, , text] of printed.matchAll(PRINTED_URL)) {
    if (text === undefined || bundles.has(text)) continue;
    const file = fileURLToPath(new URL(text, pathToFileURL(importer)));
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) continue;
    if (isScript(file) && !isInstalled(job.site, file)) {
      if (open.includes(file)) continue;
      if (readSource(file).bytes !== null) {
        const own = nothingReached();
        const url = pathToFileURL(await bundle({ ...job, reached: own }, file, open)).href;
        bundles.set(text, url);
        join(job.reached, own);
        job.reached.workers.set(url, own);
        continue;
      }
    }
    const { source, bytes } = readSource(file);
    job.reached.sources.set(file, source);
    if (bytes === null) continue;
    const asset = await digestModule(job.esbuild, file, bytes);
    job.reached.modules.set(moduleName(job.site, file), asset.digest);
  }
  return bundles;
}

function join(all: Reached, own: Reached): void {
  for (const [name, digest] of own.modules) all.modules.set(name, digest);
  for (const folder of own.packageFolders) all.packageFolders.add(folder);
  for (const [file, source] of own.sources) all.sources.set(file, source);
  for (const [file, length] of own.prefixLengths) all.prefixLengths.set(file, length);
  for (const [url, worker] of own.workers) all.workers.set(url, worker);
}

/** Gives a module its own `import.meta` and the places of its workers, without moving any line. */
function placeModule(job: BundleJob, file: string, text: string, assets: Map<string, string>): string {
  const places = [pathToFileURL(file).href, file, path.dirname(file)].map((place) => JSON.stringify(place));
  const prefix = `const __moduleUrl=${places[0]},__moduleFile=${places[1]},__moduleFolder=${places[2]};`;
  const placed = text.replace(WRITTEN_URL, (whole, start: string, _quote: string, name: string) => {
    const url = assets.get(name);
    return url === undefined ? whole : start + JSON.stringify(url);
  });
  const firstLineEnd = placed.startsWith('#!') ? placed.search(/\n|$/) + 1 : 0;
  if (firstLineEnd === 0) job.reached.prefixLengths.set(file, Buffer.byteLength(prefix));
  return placed.slice(0, firstLineEnd) + prefix + placed.slice(firstLineEnd);
}

function isBuiltin(name: string): boolean {
  return /^(node|data|file|https?):/.test(name) || builtinModules.includes(name);
}
