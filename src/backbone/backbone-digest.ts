/** SHA-256 of bytes, and of the files that are one network together. */
import { createHash } from 'node:crypto';

export function digestBytes(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Of one file its own; of several that of what `sha256sum` prints for them, sorted by name. */
export function digestFiles(files: ReadonlyMap<string, Uint8Array>): string {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const [first] = sorted;
  if (first !== undefined && sorted.length === 1) return digestBytes(first[1]);
  return digestListing(sorted);
}

/** Of what `sha256sum` prints. */
export function digestListing(files: readonly (readonly [name: string, bytes: Uint8Array])[]): string {
  return digestBytes(files.map(([name, bytes]) => `${digestBytes(bytes)}  ${name}\n`).join(''));
}
