/** Paths as users write them to paths inside the project, with a problem that says why one is refused. */
import { type PathFault, type ProjectPath, projectPath } from '../base/paths.ts';
import { assertNever } from '../base/result.ts';
import type { ProblemList } from './problem-list.ts';
import { type Place, shorten } from './tree.ts';

export interface WrittenPath {
  readonly text: string;
  readonly at: Place;
  /** The folder it is relative to. */
  readonly folder: ProjectPath;
  /** What the path is for: `dep`, `out`, `wdir`, or the name of a param. */
  readonly purpose: string;
  readonly stage: string;
}

export function readPath(written: WrittenPath, problems: ProblemList): ProjectPath | null {
  const { text, at, folder, purpose, stage } = written;
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(text)) {
    const [scheme] = text.split('://');
    problems.error(
      'E0404',
      at,
      `${purpose} \`${shorten(text)}\` lies outside the project, \`${scheme}://\` is not read`,
      {
        stage,
        path: text,
        hint: 'fetch it in a stage of its own, with `cmd` and `outs`',
      },
    );
    return null;
  }
  const path = projectPath(text, folder);
  if (path.ok) return path.value;
  reportFault(path.failure, written, problems);
  return null;
}

function reportFault(fault: PathFault, written: WrittenPath, problems: ProblemList): void {
  const { text, at, purpose, stage } = written;
  const shown = `${purpose} \`${shorten(text.replaceAll('\0', '\\0'))}\``;
  const expected = 'a path inside the project';
  switch (fault) {
    case 'absolute': {
      const hint = 'copy or link the data into the project and name it there';
      problems.error('E0401', at, `${shown} is an absolute path`, { stage, path: text, expected, hint });
      break;
    }
    case 'outside':
      problems.error('E0402', at, `${shown} leaves the project`, { stage, path: text, expected });
      break;
    case 'empty':
      problems.error('E0403', at, `${purpose} is an empty path`, { stage });
      break;
    case 'nul':
      problems.error('E0403', at, `${shown} holds a NUL character`, { stage });
      break;
    default:
      assertNever(fault);
  }
}
