/** Finds the TensorFlow that is installed for a Python: its libraries and headers, which its wheels carry. Imports nothing. */
import fs from 'node:fs';
import path from 'node:path';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { type ProgramOptions, runProgram } from './run-program.ts';

export interface TensorflowFiles {
  /** Absolute folder of the libraries. */
  readonly libraries: string;
  /** Absolute folder of the headers. */
  readonly headers: string;
}

export const TENSORFLOW_LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;

const HEADER = 'tensorflow/c/eager/c_api.h';

/** Asks where the package lies. Importing it would take seconds, and can fail for reasons that do not matter here. */
const WHERE = [
  'import importlib.util, json, os',
  "spec = importlib.util.find_spec('tensorflow')",
  'print(json.dumps(None if spec is None or spec.origin is None else os.path.dirname(os.path.abspath(spec.origin))))',
].join('\n');

/** @param python  an interpreter: a name looked for in PATH, or a path. */
export async function findTensorflow(
  python: string,
  options: ProgramOptions,
): Promise<Result<TensorflowFiles, Problem>> {
  const asked = await runProgram(python, ['-c', WHERE], options);
  if (asked.kind !== 'done') {
    const why = asked.kind === 'not-found' ? 'there is no such program' : 'it cannot be asked for its packages';
    return fail(
      problem('E1156', `\`--python ${python}\`: ${why}`, { hint: 'pipe backend install tensorflow --python python3' }),
    );
  }
  const hint = `${python} -m pip install tensorflow-cpu   (\`tensorflow[and-cuda]\` for an NVIDIA GPU)`;
  const folder = parseFolder(asked.stdout);
  if (folder === null) return fail(problem('E1156', `\`${python}\` has no TensorFlow`, { hint }));
  const headers = path.join(folder, 'include');
  const missing = [...TENSORFLOW_LIBRARIES, path.join('include', HEADER)].find(
    (name) => !fs.existsSync(path.join(folder, name)),
  );
  if (missing !== undefined) {
    return fail(
      problem('E1156', `the TensorFlow of \`${python}\` in ${folder} comes without \`${missing}\``, { hint }),
    );
  }
  return ok({ libraries: folder, headers });
}

function parseFolder(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text.trim().split('\n').at(-1) ?? '');
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
