/** Finds the images below a folder, in an order that depends on names alone. */
import fs from 'node:fs';
import ignore from 'ignore';

const IMAGE = /\.(jpe?g|png|webp|gif|tiff?|avif)$/i;

export interface Listing {
  /** Paths relative to the folder, forward slashes, sorted. */
  readonly images: readonly string[];
  /** Files that are no images by their extension, or not asked for. */
  readonly ignored: number;
}

/**
 * Names that begin with a dot are left out; links are followed to files, not into folders.
 *
 * @param include  patterns as in .gitignore; empty: every image.
 */
export function listImages(folder: string, include: readonly string[] = []): Listing {
  const wanted = ignore().add([...include]);
  const images: string[] = [];
  let ignored = 0;
  function walk(below: string): void {
    for (const entry of fs.readdirSync(`${folder}/${below}`, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const file = `${below}${entry.name}`;
      if (entry.isDirectory()) walk(`${file}/`);
      else if (IMAGE.test(entry.name) && (include.length === 0 || wanted.ignores(file))) images.push(file);
      else ignored++;
    }
  }
  walk('');
  return { images: images.sort(), ignored };
}
