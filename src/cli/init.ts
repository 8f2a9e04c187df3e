/** `pipe init`: a small working pipeline in a folder that has none. Existing files are never touched. */
import fs from 'node:fs';
import path from 'node:path';
import { type Problem, problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { jsonLine } from '../report/json-lines.ts';
import type { CommandRun, ExitCode } from './command.ts';
import { STARTER_FILES } from './starter-files.ts';

export const init: CommandRun = async ({ options }) => {
  const written = writeStarterFiles(process.cwd());
  if (!written.ok) return written;
  if (options.json) process.stdout.write(jsonLine({ event: 'init', written: written.value }));
  else if (!options.quiet)
    process.stdout.write(`${written.value.map((each) => `wrote ${each}`).join('\n')}\n\nnext: pipe run\n`);
  return ok<ExitCode>(0);
};

/** The names of the files that were not there and now are. */
export function writeStarterFiles(folder: string): Result<readonly string[], readonly Problem[]> {
  for (const name of ['pipeline.yaml', 'dvc.yaml']) {
    if (!fs.existsSync(path.join(folder, name))) continue;
    const hint = name === 'dvc.yaml' ? 'pipe run --file dvc.yaml' : 'pipe run';
    return fail([
      problem('E0907', `\`${name}\` is already here`, { path: name, expected: 'a folder without a pipeline', hint }),
    ]);
  }
  return ok(
    Object.entries(STARTER_FILES)
      .filter(([name, text]) => writeNew(path.join(folder, name), text))
      .map(([name]) => name),
  );
}

/** False when something lies there already, also when it appeared just now. */
function writeNew(file: string, text: string): boolean {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  try {
    fs.writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
