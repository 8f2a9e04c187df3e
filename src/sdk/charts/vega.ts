/**
 * The drawing library, loaded when the first chart is drawn.
 *
 * What is loaded are the files Vega publishes for browsers, one a library: the page of a report holds the same two files, so
 * what is drawn here is drawn there. They also load in half the time of its modules (docs/design/0008-charts.md), and they never
 * look for a canvas library, which would measure text in another way where it happens to be installed.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';

/**
 * The libraries by name. The imports are never carried out: they give the types, and tell whoever bundles a stage that these
 * packages, with their versions, are part of it.
 */
const LIBRARIES = {
  vega: { file: 'vega.min.js', named: () => import('vega') },
  'vega-lite': { file: 'vega-lite.min.js', named: () => import('vega-lite') },
} as const;

type LibraryName = keyof typeof LIBRARIES;
type Library<Name extends LibraryName> = Awaited<ReturnType<(typeof LIBRARIES)[Name]['named']>>;

export interface Vega {
  readonly vega: Library<'vega'>;
  readonly vegaLite: Library<'vega-lite'>;
}

let loaded: Vega | null = null;

/** Loads it at the first call: about 60 ms. */
export function loadVega(): Vega {
  if (loaded === null) {
    const vega = evaluate('vega', () => null) as Vega['vega'];
    loaded = { vega, vegaLite: evaluate('vega-lite', () => vega) as Vega['vegaLite'] };
  }
  return loaded;
}

/** The text of both libraries, for a page: scripts that define `vega` and then `vegaLite`. */
export function vegaScripts(): readonly string[] {
  const names: readonly LibraryName[] = ['vega', 'vega-lite'];
  // A page in one file has no source map beside it.
  return names.map((name) =>
    fs.readFileSync(libraryFile(name), 'utf8').replace(/\n\/\/# sourceMappingURL=\S*\s*$/, '\n'),
  );
}

function evaluate(name: LibraryName, require: (name: string) => unknown): unknown {
  const file = libraryFile(name);
  const module = { exports: {} };
  const text = fs.readFileSync(file, 'utf8');
  const wrapped = vm.compileFunction(text, ['module', 'exports', 'require'], { filename: file });
  wrapped(module, module.exports, require);
  return module.exports;
}

/** Both packages keep the file in `build/`, where their module is. */
function libraryFile(name: LibraryName): string {
  const main = createRequire(import.meta.url).resolve(name);
  return path.join(path.dirname(main), LIBRARIES[name].file);
}
