/**
 * The canonical listing of a folder: the text whose SHA-256 is the folder's digest.
 *
 * One line an entry, `kind digest name`, sorted by the bytes of the name; the name is quoted as JSON, so that a newline in
 * it cannot forge a line. A folder's line holds the digest of its own listing, so that one changed file changes only the
 * listings above it. Sizes, times and permissions other than execute are not content and are not here.
 */
import { hash } from 'node:crypto';
import type { Digest } from '../base/digest.ts';
import { isDigest } from '../base/digest.ts';

/** `link` is a symbolic link kept as such: its digest is that of its target's text. */
export type EntryKind = 'file' | 'exec' | 'folder' | 'link';

export interface ListingEntry {
  readonly kind: EntryKind;
  readonly digest: Digest;
  readonly name: string;
}

/** One line of a listing, newline included. */
export function listingLine(kind: EntryKind, digest: string, name: string): string {
  return `${kind} ${digest} ${JSON.stringify(name)}\n`;
}

/** @param entries sorted by `compareNames`. */
export function listingText(entries: readonly ListingEntry[]): string {
  return entries.map((entry) => listingLine(entry.kind, entry.digest, entry.name)).join('');
}

/** Digest of text, in one step: three times faster than a streaming hash for short texts. */
export function digestText(text: string): Digest {
  return hash('sha256', text, 'hex') as Digest;
}

const LINE = /^(file|exec|folder|link) ([0-9a-f]{64}) (".*")$/;

/** Reads a listing back; null when the text is not one. */
export function parseListing(text: string): readonly ListingEntry[] | null {
  if (text === '') return [];
  if (!text.endsWith('\n')) return null;
  const entries: ListingEntry[] = [];
  for (const line of text.slice(0, -1).split('\n')) {
    const match = LINE.exec(line);
    const digest = match?.[2] ?? '';
    const name = unquote(match?.[3] ?? '');
    if (match === null || !isDigest(digest) || name === null || !isEntryName(name)) return null;
    entries.push({ kind: match[1] as EntryKind, digest, name });
  }
  return entries;
}

/** A name that stays in its folder: anything else in a listing could make a restore write elsewhere. */
function isEntryName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');
}

function unquote(quoted: string): string | null {
  try {
    const name: unknown = JSON.parse(quoted);
    return typeof name === 'string' ? name : null;
  } catch {
    return null;
  }
}

/** Order of the names' UTF-8 bytes. JavaScript's own order differs where characters beyond U+FFFF meet U+E000 to U+FFFF. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const SURROGATE = /[\ud800-\udfff]/;

/** Sorts in place. Names as the file system layer gives them are mostly in order already, which one look finds out. */
export function sortNames(names: string[]): string[] {
  for (let i = 1; i < names.length; i++) {
    const name = names[i] as string;
    if ((names[i - 1] as string) > name || SURROGATE.test(name)) return names.sort(compareNames);
  }
  return names;
}
