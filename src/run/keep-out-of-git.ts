/** Results do not belong into Git: `cache/` and `artifacts/` say so themselves, whatever the project's own rules are. */
import fs from 'node:fs';
import path from 'node:path';

export function keepOutOfGit(root: string, folders: readonly string[]): void {
  for (const folder of folders) {
    const file = path.join(root, folder, '.gitignore');
    if (fs.existsSync(file)) continue;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, '# Written by pipe: results are made again from the pipeline file.\n*\n');
  }
}
