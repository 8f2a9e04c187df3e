/**
 * The form in which item results lie on disk.
 *
 * A shard is a pair of append-only files written by one process: `NAME.data` holds results end to end, `NAME.index` one
 * record of 96 bytes for each. A record is written after its bytes and carries a checksum, so what a killed process left
 * behind is either whole or ignored. A result kept as a file is an object of the store; its record has no bytes in `NAME.data`.
 *
 * Record: kind (1 byte), 7 reserved, offset (8), length (8), key digest (32), digest of the result (32), checksum (8).
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/digest.ts';

export const RECORD_BYTES = 96;
const CHECKED_BYTES = 88;

export type ItemKind = 'bytes' | 'file';

export interface ItemRecord {
  readonly kind: ItemKind;
  /** Digest of the item's key. */
  readonly key: Digest;
  /** SHA-256 of the result. */
  readonly digest: Digest;
  readonly offset: number;
  readonly length: number;
}

export interface IndexedItem extends ItemRecord {
  /** Absolute path of the `.data` file. */
  readonly data: string;
}

export function encodeRecord(record: ItemRecord): Buffer {
  const bytes = Buffer.alloc(RECORD_BYTES);
  bytes[0] = record.kind === 'file' ? 2 : 1;
  bytes.writeBigUInt64LE(BigInt(record.offset), 8);
  bytes.writeBigUInt64LE(BigInt(record.length), 16);
  bytes.write(record.key, 24, 'hex');
  bytes.write(record.digest, 56, 'hex');
  bytes.writeUInt32LE(checksum(bytes, 0), CHECKED_BYTES);
  return bytes;
}

/** Every whole record of every shard in a folder, oldest shard first: a later record of a key replaces an earlier one. */
export function readIndex(folder: string): Map<string, IndexedItem> {
  const items = new Map<string, IndexedItem>();
  for (const name of fs.readdirSync(folder).sort()) {
    if (!name.endsWith('.index')) continue;
    const data = path.join(folder, `${name.slice(0, -'.index'.length)}.data`);
    const bytes = fs.readFileSync(path.join(folder, name));
    for (let start = 0; start + RECORD_BYTES <= bytes.length; start += RECORD_BYTES) {
      if (bytes.readUInt32LE(start + CHECKED_BYTES) !== checksum(bytes, start)) continue;
      const key = bytes.toString('hex', start + 24, start + 56) as Digest;
      items.set(key, {
        kind: bytes[start] === 2 ? 'file' : 'bytes',
        key,
        digest: bytes.toString('hex', start + 56, start + 88) as Digest,
        offset: Number(bytes.readBigUInt64LE(start + 8)),
        length: Number(bytes.readBigUInt64LE(start + 16)),
        data,
      });
    }
  }
  return items;
}

/** FNV-1a over the record: tells a torn or foreign record, nothing more; the results have SHA-256 of their own. */
function checksum(bytes: Uint8Array, start: number): number {
  let state = 0x811c9dc5;
  for (let i = start; i < start + CHECKED_BYTES; i++) state = Math.imul(state ^ (bytes[i] as number), 0x01000193);
  return state >>> 0;
}
