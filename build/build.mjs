/**
 * Builds `dist/` from `src/`: plain JavaScript that Node runs without a TypeScript runtime.
 *
 * Run by `npm run build`, and by `npm ci` through `prepare`; so it may need nothing but esbuild. What goes where, and why it
 * is CommonJS with each library in a file of its own, is told in docs/design/0002-start-up.md.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Programs: what is started, and the module it is made from. Modules of this list stay references to one another. */
const PROGRAMS = {
  'dist/pipe.cjs': 'src/cli/fast.ts',
  'dist/main.cjs': 'src/cli/main.ts',
  'dist/schema-types.cjs': 'src/cli/schema-types.ts',
  'dist/scan-pool.cjs': 'src/inputs/scan-pool.ts',
  'dist/scan-worker.cjs': 'src/inputs/scan-worker.ts',
  'dist/shared-signature.cjs': 'src/inputs/shared-signature.ts',
  'dist/stage-host.mjs': 'src/execute/stage-host.ts',
  'dist/sdk.mjs': 'src/sdk/index.ts',
  'dist/sdk-charts.mjs': 'src/sdk/charts/index.ts',
};

/** Libraries that get a file of their own, loaded when the first module that uses it is. */
const VENDORED = ['chokidar', 'execa', 'ignore', 'smol-toml', 'yaml', 'zod'];

/** Libraries that stay in node_modules: native code, files they look for beside themselves, or a size that would not pay. */
const EXTERNAL = ['esbuild', 'json-schema-to-typescript', 'pino', 'sharp', '@tensorflow/*', 'vega', 'vega-lite'];

const COMMON = {
  write: /** @type {const} */ (false),
  absWorkingDir: ROOT,
  bundle: true,
  platform: /** @type {const} */ ('node'),
  target: 'node20.19',
  legalComments: /** @type {const} */ ('none'),
  logLevel: /** @type {const} */ ('warning'),
  external: EXTERNAL,
};

/**
 * CommonJS has no `import.meta`: modules that ask where they are get the answer of the file they are bundled in. And `import()`
 * becomes `require`, since Node searches a CommonJS file for its exports when it is imported: 70 ms for main.cjs.
 */
const META = {
  supported: { 'dynamic-import': false },
  define: {
    'import.meta.url': 'importMetaUrl',
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
  },
  banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
};

/**
 * Turns imports of other programs and of vendored libraries into references to their files.
 *
 * @param {string} self  the program being built
 * @returns {import('esbuild').Plugin}
 */
function references(self) {
  const programs = new Map(
    Object.entries(PROGRAMS).map(([out, entry]) => [path.join(ROOT, entry), path.basename(out)]),
  );
  return {
    name: 'references',
    setup(plugin) {
      plugin.onResolve({ filter: /^\./ }, ({ path: wanted, resolveDir, kind }) => {
        const name = programs.get(path.resolve(resolveDir, wanted));
        if (name === undefined || kind === 'entry-point' || name === path.basename(self)) return null;
        return { path: `./${name}`, external: true };
      });
      plugin.onResolve({ filter: new RegExp(`^(${VENDORED.join('|')})$`) }, ({ path: wanted, kind }) =>
        kind === 'entry-point' ? null : { path: `./vendor/${wanted}.cjs`, external: true },
      );
    },
  };
}

/** @param {string} outfile @param {string} entry */
function buildProgram(outfile, entry) {
  const format = outfile.endsWith('.mjs') ? /** @type {const} */ ('esm') : /** @type {const} */ ('cjs');
  return build({
    ...COMMON,
    ...(format === 'cjs' ? META : {}),
    entryPoints: [entry],
    outfile,
    format,
    plugins: [references(outfile)],
  });
}

/** zod's messages in fifty languages are half its size; problems are worded by this project, so English is enough. */
const ENGLISH_ONLY = {
  name: 'english-only',
  /** @param {import('esbuild').PluginBuild} plugin */
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, (file) => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: path.dirname(file.path),
    }));
  },
};

/**
 * White space is taken out of libraries only: in own code it costs nothing that can be measured, and a stack trace can be read.
 *
 * @param {string} name
 */
function buildLibrary(name) {
  const outfile = `dist/vendor/${name}.cjs`;
  return build({
    ...COMMON,
    ...META,
    entryPoints: [name],
    outfile,
    format: 'cjs',
    plugins: [ENGLISH_ONLY],
    minifyWhitespace: true,
    lineLimit: 160,
  });
}

/**
 * Puts a file in place whole, and only if it differs: a program that runs meanwhile never sees half a file, and two builds at
 * once do no harm.
 *
 * @param {import('esbuild').OutputFile} file
 */
function publish({ path: target, contents }) {
  if (existsSync(target) && readFileSync(target).equals(contents)) return;
  mkdirSync(path.dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  writeFileSync(temporary, contents);
  renameSync(temporary, target);
}

/** @param {ReadonlySet<string>} wanted  absolute paths */
function removeAllBut(wanted) {
  for (const each of readdirSync(path.join(ROOT, 'dist'), { recursive: true, withFileTypes: true })) {
    const file = path.join(each.parentPath, each.name);
    if (each.isFile() && !wanted.has(file) && !file.endsWith('.tmp')) rmSync(file);
  }
}

const programs = Object.entries(PROGRAMS).filter(([, entry]) => existsSync(path.join(ROOT, entry)));
const results = await Promise.all([
  ...programs.map(([out, entry]) => buildProgram(out, entry)),
  ...VENDORED.map(buildLibrary),
]);
const files = results.flatMap((each) => each.outputFiles);
for (const each of files) publish(each);
removeAllBut(new Set(files.map((each) => each.path)));
process.stdout.write(`built ${programs.length} programs and ${VENDORED.length} libraries in dist/\n`);
