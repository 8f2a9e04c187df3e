/**
 * The state of a folder whose content is known from its listing, so that not one of its files is read to remember it.
 *
 * The listing says what each file holds; the scan says what each file's stat is. Only files that have not changed since
 * the listing was known to be right are remembered.
 */
import type { Digest } from '../base/digest.ts';
import { parseListing } from './listing.ts';
import { DIGEST_BYTES, foldUp, type Work } from './tree-digest.ts';
import type { ScannedFolder, TreeScan } from './tree-scan.ts';
import type { TreeState } from './tree-state.ts';

/**
 * @param scan  its `startedMs` is the moment at which the folder was known to hold what the listing says.
 * @returns     null when the disk does not show the entries the listing names.
 */
export function seedTree(
  scan: TreeScan,
  digest: Digest,
  listingOf: (digest: Digest) => string | null,
): TreeState | null {
  const digests = new Map<ScannedFolder, Digest>();
  const work: Work[] = [];
  for (const folder of scan.folders) {
    const listing = listingOf(digests.get(folder) ?? digest);
    const entries = listing === null ? null : parseListing(listing);
    if (entries === null || entries.length !== folder.names.length) return null;
    const known = new Uint8Array(entries.length * DIGEST_BYTES);
    for (const [i, entry] of entries.entries()) {
      if (entry.name !== folder.names[i] || entry.kind !== folder.kinds[i]) return null;
      if (entry.kind === 'folder') digests.set(folder.folders.get(i) as ScannedFolder, entry.digest);
      else known.set(Buffer.from(entry.digest, 'hex'), i * DIGEST_BYTES);
    }
    work.push({ folder, recorded: undefined, digests: known });
  }
  const folded = foldUp(work, scan.startedMs, -1);
  return folded.artifact.digest === digest ? folded.state : null;
}
