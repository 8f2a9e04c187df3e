/** Which of the files of a source are images that are asked for. Pure. */
import ignore from 'ignore';
import { formatNamed } from '../lib/image/image-format.ts';

export interface Listing {
  /** In the order of the names given. */
  readonly images: readonly string[];
  /** Files that are no images by their extension, or not asked for. */
  readonly ignored: number;
  /** Whether the patterns let a path through. */
  isAsked(file: string): boolean;
}

/** @param include  patterns as in .gitignore; empty: every image. */
export function listImages(names: readonly string[], include: readonly string[] = []): Listing {
  const wanted = ignore().add([...include]);
  const isAsked = (file: string) => include.length === 0 || (ignore.isPathValid(file) && wanted.ignores(file));
  const images = names.filter((name) => formatNamed(name) !== null && isAsked(name));
  return { images, ignored: names.length - images.length, isAsked };
}
