/** RESULTS.md: one section per measurement, each written by itself. */
import fs from 'node:fs';

const TITLE = '# Search: measured\n';

/** Puts `text` below the heading `## name`, in place of what was there. */
export function writeSection(file: string, name: string, text: string): void {
  const page = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : TITLE;
  const [top = TITLE, ...sections] = page.split(/^(?=## )/m);
  const kept = sections.filter((section) => !section.startsWith(`## ${name}\n`)).map((section) => section.trimEnd());
  const all = [...kept, `## ${name}\n\n${text.trimEnd()}`].sort();
  fs.writeFileSync(file, `${[top.trimEnd(), ...all].join('\n\n')}\n`);
}
