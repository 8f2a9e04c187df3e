/**
 * Item results in a folder: looked up in an index that is loaded once, verified on the way out, appended on the way in.
 *
 * Many processes may use one folder at once: each appends to a shard of its own and sees what others had written when it
 * first looked. Two that compute the same item at the same time both keep it; the results are equal. A result whose
 * bytes do not match its record is computed again. Nothing here deletes results: that is for whoever owns the folder.
 */
import { hash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import { canonicalJson, type Json } from '../base/json.ts';
import { encodeRecord, type IndexedItem, type ItemKind, readIndex } from './item-shard.ts';
import type { ItemCache } from './items.ts';

export interface OpenItemCache extends ItemCache {
  /** Closes the shard of this process; the cache is not used afterwards. */
  close(): void;
}

interface Shard {
  readonly data: number;
  readonly index: number;
  readonly dataPath: string;
  endOffset: number;
}

/**
 * Opens the items of one stage with one code and one set of params.
 *
 * @param folder   of the items. Need not exist; it is read at the first lookup.
 * @param objects  the store's folder of objects. Results that are files are kept there, as objects, under the store's own rules:
 *                 named by digest, read-only, put there whole. So the store knows them when they come back in an output.
 */
export function openItemCache(folder: string, objects: string): OpenItemCache {
  let items: Map<string, IndexedItem> | null = null;
  let shard: Shard | null = null;
  const readers = new Map<string, number>();
  const fanout = new Set<string>();
  let temporaryBase: string | null = null;
  let filesKept = 0;
  let checked = Buffer.alloc(0);

  function index(): Map<string, IndexedItem> {
    if (items === null) {
      fs.mkdirSync(folder, { recursive: true });
      items = readIndex(folder);
    }
    return items;
  }

  function openShard(): Shard {
    if (shard === null) {
      const base = path.join(folder, shardName());
      const data = fs.openSync(`${base}.data`, 'wx');
      shard = { data, index: fs.openSync(`${base}.index`, 'wx'), dataPath: `${base}.data`, endOffset: 0 };
    }
    return shard;
  }

  /** The record goes last: a crash before it leaves bytes nobody points to, a crash within it a torn record nobody reads. */
  function remember(kind: ItemKind, key: Digest, digest: Digest, bytes: Uint8Array | null, length: number): void {
    const open = openShard();
    const record = { kind, key, digest, offset: open.endOffset, length };
    if (bytes !== null) {
      writeAll(open.data, bytes);
      open.endOffset += bytes.length;
    }
    writeAll(open.index, encodeRecord(record));
    index().set(key, { ...record, data: open.dataPath });
  }

  function readBytes(item: IndexedItem): Uint8Array | null {
    let reader = readers.get(item.data);
    try {
      if (reader === undefined) {
        reader = fs.openSync(item.data, 'r');
        readers.set(item.data, reader);
      }
      const bytes = Buffer.allocUnsafeSlow(item.length);
      const read = fs.readSync(reader, bytes, 0, item.length, item.offset);
      return read === item.length && sha256(bytes) === item.digest ? bytes : null;
    } catch {
      return null;
    }
  }

  function keptPath(digest: Digest): string {
    return `${objects}/${digest.slice(0, 2)}/${digest.slice(2)}`;
  }

  /**
   * Bytes and the execute bit: whoever gets a link gets both, and somebody may have changed either by way of another link. One
   * buffer serves all checks, and the known length saves asking for it: this runs once for every unchanged image.
   */
  function isWhole(kept: string, digest: Digest, length: number): boolean {
    if (checked.length <= length) checked = Buffer.allocUnsafeSlow(length * 2 + 1);
    try {
      const file = fs.openSync(kept, 'r');
      const read = fs.readSync(file, checked, 0, length + 1, 0);
      const isPlain = (fs.fstatSync(file).mode & 0o111) === 0;
      fs.closeSync(file);
      return isPlain && read === length && sha256(checked.subarray(0, length)) === digest;
    } catch {
      return false;
    }
  }

  /** False when there is no such file, or its bytes are not those its name says. */
  function linkKept(digest: Digest, length: number, target: string): boolean {
    const kept = keptPath(digest);
    if (!isWhole(kept, digest, length)) return false;
    try {
      linkOrCopy(kept, target);
      return true;
    } catch (error) {
      // Collected as garbage since it was looked at.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && fs.existsSync(path.dirname(target))) return false;
      throw error;
    }
  }

  /** The temporary name lies among the items: what a crash leaves there is nothing the store would have to explain. */
  function keepFile(digest: Digest, bytes: Uint8Array): void {
    const kept = keptPath(digest);
    const parent = path.dirname(kept);
    if (!fanout.has(parent)) {
      fs.mkdirSync(parent, { recursive: true });
      fanout.add(parent);
    }
    temporaryBase ??= path.join(folder, `new-${process.pid}-${randomBytes(6).toString('hex')}`);
    const temporary = `${temporaryBase}-${filesKept++}`;
    fs.writeFileSync(temporary, bytes, { flag: 'wx', mode: 0o444 });
    fs.renameSync(temporary, kept);
  }

  return {
    async bytes(key, compute) {
      const name = keyDigest(key);
      const known = index().get(name);
      if (known !== undefined && known.kind === 'bytes') {
        const bytes = readBytes(known);
        if (bytes !== null) return bytes;
      }
      const bytes = await compute();
      remember('bytes', name, sha256(bytes), bytes, bytes.length);
      return bytes;
    },

    async file(key, target, compute) {
      const name = keyDigest(key);
      const known = index().get(name);
      if (known !== undefined && known.kind === 'file' && linkKept(known.digest, known.length, target))
        return known.digest;
      const bytes = await compute();
      const digest = sha256(bytes);
      // Asked first: to open what is not there throws, which takes longer than to ask.
      if (!fs.existsSync(keptPath(digest)) || !linkKept(digest, bytes.length, target)) {
        keepFile(digest, bytes);
        linkOrCopy(keptPath(digest), target);
      }
      remember('file', name, digest, null, bytes.length);
      return digest;
    },

    close() {
      if (shard !== null) {
        fs.closeSync(shard.data);
        fs.closeSync(shard.index);
      }
      for (const reader of readers.values()) fs.closeSync(reader);
      readers.clear();
      shard = null;
      items = null;
    },
  };
}

/** Hard link where the file system can, else a copy: another device, too many links, no links at all. */
export function linkOrCopy(from: string, to: string): void {
  try {
    fs.linkSync(from, to);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EXDEV' && code !== 'EMLINK' && code !== 'EPERM' && code !== 'ENOTSUP') throw error;
    fs.copyFileSync(from, to);
  }
}

/** Sorts by time of opening, so that a result made anew is found before the damaged one it replaces. */
function shardName(): string {
  const openedUs = Math.round((performance.timeOrigin + performance.now()) * 1000);
  return `${openedUs.toString(36).padStart(11, '0')}-${process.pid}-${randomBytes(6).toString('hex')}`;
}

function keyDigest(key: Json): Digest {
  return sha256(`item\n${canonicalJson(key)}`);
}

/** In one call: for small results several times faster than a hash object. */
function sha256(bytes: Uint8Array | string): Digest {
  return hash('sha256', bytes, 'hex') as Digest;
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(file, bytes, done);
}
