/** The source files of this repository, as the tests that look at them see them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
}

/** Every file with one of the endings below these folders, sorted by path. */
export function sourceFiles(folders: readonly string[], ending = /\.(ts|mjs|cjs)$/): readonly SourceFile[] {
  return folders
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
        (each) => `${folder}/${each.split(path.sep).join('/')}`,
      ),
    )
    .filter((each) => ending.test(each) && !each.includes('/node_modules/') && !each.startsWith('src/generated/'))
    .sort()
    .map((each) => ({
      path: each,
      text: readFileSync(path.join(ROOT, each), 'utf8'),
      isTest: /\.test\.ts$/.test(each) || each.startsWith('test/'),
    }));
}

export interface Import {
  readonly from: string;
  /** Only types: nothing of it is left when the program runs. */
  readonly isType: boolean;
}

/** The relative modules a file imports, statically, dynamically or by re-export, as paths from the root. */
export function relativeImports({ path: file, text }: SourceFile): readonly Import[] {
  const found: Import[] = [];
  for (const match of text.matchAll(/^(?:import|export)\s([^;'"]*?)\sfrom\s+'(\.[^']+)'/gm)) {
    const [, names = '', from = ''] = match;
    const listed = /^\{([^}]*)\}$/
      .exec(names.trim())?.[1]
      ?.split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
    const isType = names.startsWith('type ') || (listed?.every((each) => each.startsWith('type ')) ?? false);
    found.push({ from: path.posix.join(path.posix.dirname(file), from), isType });
  }
  for (const match of text.matchAll(/\bimport\(\s*'(\.[^']+)'\s*\)/g)) {
    found.push({
      from: path.posix.join(path.posix.dirname(file), match[1] ?? ''),
      isType: /typeof import\($/.test(text.slice(0, match.index + 7)),
    });
  }
  return found;
}
