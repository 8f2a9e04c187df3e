/**
 * Builds the native addon of `@tensorflow/tfjs-node` from its two C++ files against a TensorFlow that is already there.
 *
 * The package's own way fetches a library of 2022 and needs Python and node-gyp. The addon uses nothing but TensorFlow's C
 * interface, which the libraries of the Python wheels export, and Node's stable addon interface.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { TENSORFLOW_LIBRARIES, type TensorflowFiles } from './python-tensorflow.ts';
import { type ProgramOptions, runProgram, tookTooLong } from './run-program.ts';

/** The version of Node's addon interface the package looks for first. */
const NAPI_VERSION = 8;

/**
 * @param folder   absolute folder of the installed package.
 * @param headers  absolute folder of Node's addon headers.
 */
export async function buildAddon(
  folder: string,
  headers: string,
  tensorflow: TensorflowFiles,
  options: ProgramOptions,
): Promise<Result<null, Problem>> {
  if (process.platform !== 'linux') {
    return fail(
      problem('E1157', `building against a TensorFlow in Python is known for Linux only, this is ${process.platform}`, {
        hint: 'pipe backend install webgpu',
      }),
    );
  }
  const compiler = process.env.CXX || 'g++';
  const target = path.join(folder, 'lib', `napi-v${NAPI_VERSION}`, 'tfjs_binding.node');
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const args = [
    ...['-O2', '-std=c++17', '-fPIC', '-shared', '-w', `-DNAPI_VERSION=${NAPI_VERSION}`],
    ...['-I', headers, '-I', tensorflow.headers],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(folder, 'binding', name)),
    ...['-L', tensorflow.libraries, ...TENSORFLOW_LIBRARIES.map((name) => `-l:${name}`)],
    // Found again where they lie: they stay part of the Python they came with.
    ...['-Wl,-rpath', `-Wl,${tensorflow.libraries}`],
    ...['-o', target],
  ];
  const built = await runProgram(compiler, args, options);
  if (built.kind === 'done') return ok(null);
  if (built.kind === 'timed-out') return fail(tookTooLong('the compiler', options));
  if (built.kind === 'not-found') {
    return fail(problem('E1157', `there is no compiler \`${compiler}\``, { hint: 'apt-get install g++' }));
  }
  const lines = built.output.split('\n');
  const first = lines.find((line) => /\berror\b|undefined reference|cannot find/.test(line)) ?? lines.at(-1) ?? '';
  return fail(
    problem('E1157', `\`${compiler}\` cannot build the addon: ${first.trim()}`, {
      hint: 'choose another TensorFlow: versions 2.14 to 2.21 carry the interface',
    }),
  );
}
