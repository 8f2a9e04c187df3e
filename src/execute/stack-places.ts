/**
 * Turns places in bundles, as they stand in the text of a stack, into places in the sources.
 *
 * Done after a failure and in the text: running with source maps switched on would read the maps of all packages.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const BUNDLE_PLACE = /file:\/\/[^\s()]*?\/[0-9a-f]{64}\.mjs:(\d+):(\d+)/g;

export function mapStack(stack: string): string {
  const maps = new Map<string, SourceMap | null>();
  return stack.replace(BUNDLE_PLACE, (place, line: string, column: string) => {
    const bundle = fileURLToPath(place.slice(0, -line.length - column.length - 2));
    if (!maps.has(bundle)) maps.set(bundle, readMap(bundle));
    const entry = maps.get(bundle)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry === undefined || !('originalSource' in entry)) return place;
    const source = path.resolve(path.dirname(bundle), entry.originalSource);
    return `${pathToFileURL(source).href}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

/** The first place of a stack in a file below `root` that is no package's. */
export function firstOwnPlace(stack: string, root: string): { file: string; line: number; column: number } | null {
  for (const [, url, line, column] of stack.matchAll(/(file:\/\/[^\s()]+):(\d+):(\d+)\)?$/gm)) {
    if (url === undefined) continue;
    const file = path.relative(root, fileURLToPath(url)).split(path.sep).join('/');
    const isOwn = !file.startsWith('../') && !file.split('/').includes('node_modules');
    if (isOwn) return { file, line: Number(line), column: Number(column) };
  }
  return null;
}

function readMap(bundle: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')));
  } catch {
    return null;
  }
}
