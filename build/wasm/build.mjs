/**
 * Builds the engine's WebAssembly module from `assembly/`, or with `--check` compares it with the committed one.
 *
 * The sources are AssemblyScript, which looks like TypeScript and is not: they end in `.as`, so that no tool takes them for
 * it. A package of its own, since the compiler is 100 MB that nobody needs who only trains: `npm ci` here first.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import asc from 'assemblyscript/asc';

const HERE = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const MODULE = path.join(HERE, '../../stages/lib/engine/engine.wasm');

const OPTIONS = [
  '--outFile=engine.wasm',
  '--optimizeLevel=3',
  '--runtime=stub',
  '--importMemory',
  '--sharedMemory',
  '--maximumMemory=65536',
  '--enable=simd',
  '--enable=threads',
  '--noAssert',
];

/** @returns {Promise<Buffer>} */
async function build() {
  /** @type {Buffer | null} */
  let built = null;
  const result = await asc.main(['index.ts', ...OPTIONS], {
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

const built = await build();
if (process.argv.includes('--check')) {
  const isSame = built.equals(readFileSync(MODULE));
  process.stdout.write(
    isSame ? 'engine.wasm is what its sources give\n' : 'engine.wasm differs from what its sources give\n',
  );
  process.exitCode = isSame ? 0 : 1;
} else {
  writeFileSync(MODULE, built);
  process.stdout.write(`${path.relative(process.cwd(), MODULE)}: ${built.length} bytes\n`);
}
