/** What lies at a path, by content. */
import type { Digest } from '../base/digest.ts';

export interface Artifact {
  readonly kind: 'file' | 'folder';
  /** Of a file: SHA-256 of its bytes. Of a folder: SHA-256 of its canonical listing (see `listing.ts`). */
  readonly digest: Digest;
  /** Bytes of all files. */
  readonly sizeBytes: number;
  /** 1 for a file. */
  readonly files: number;
  /** A file's owner-execute bit. False for folders: their listing holds the bits of what is in them. */
  readonly executable: boolean;
}

/** Equal content: what decides freshness. Size and count follow from the digest. */
export function sameArtifact(a: Artifact | null, b: Artifact | null): boolean {
  if (a === null || b === null) return a === b;
  return a.kind === b.kind && a.digest === b.digest && a.executable === b.executable;
}
