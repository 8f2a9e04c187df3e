/**
 * Builds the WebAssembly modules of the engine, of pixels and of JPEG from `assembly/`, or with `--check` compares them with the
 * committed ones.
 *
 * The sources are AssemblyScript, which looks like TypeScript and is not: they end in `.as`, so that no tool takes them for
 * it. A package of its own, since the compiler is 100 MB that nobody needs who only trains: `npm ci` here first.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import asc from 'assemblyscript/asc';

const HERE = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const LIB = path.join(HERE, '../../stages/lib');

/** @type {readonly { source: string, module: string, options: readonly string[] }[]} */
const MODULES = [
  {
    source: 'index.ts',
    module: path.join(LIB, 'engine/engine.wasm'),
    // One memory that all threads of the engine share, and its host makes.
    options: ['--importMemory', '--sharedMemory', '--enable=threads'],
  },
  { source: 'pixels/index.ts', module: path.join(LIB, 'image/pixels.wasm'), options: [] },
  { source: 'jpeg/index.ts', module: path.join(LIB, 'image/jpeg.wasm'), options: [] },
];

const OPTIONS = [
  '--outFile=module.wasm',
  '--optimizeLevel=3',
  '--runtime=stub',
  '--maximumMemory=65536',
  '--enable=simd',
  '--noAssert',
];

/** @param {string} source @param {readonly string[]} options @returns {Promise<Buffer>} */
async function build(source, options) {
  /** @type {Buffer | null} */
  let built = null;
  const result = await asc.main([source, ...OPTIONS, ...options], {
    stdout: process.stderr,
    stderr: process.stderr,
    readFile: (name) => {
      try {
        return readFileSync(path.join(HERE, 'assembly', name.replace(/\.ts$/, '.as')), 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) built = Buffer.from(contents);
    },
    listFiles: () => [],
  });
  if (result.error !== null || built === null) throw result.error ?? new Error('the compiler wrote no module');
  return built;
}

for (const { source, module, options } of MODULES) {
  const built = await build(source, options);
  const name = path.basename(module);
  if (process.argv.includes('--check')) {
    const isSame = built.equals(readFileSync(module));
    process.stdout.write(`${name} ${isSame ? 'is' : 'differs from'} what its sources give\n`);
    if (!isSame) process.exitCode = 1;
  } else {
    writeFileSync(module, built);
    process.stdout.write(`${path.relative(process.cwd(), module)}: ${built.length} bytes\n`);
  }
}
