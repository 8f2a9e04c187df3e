/**
 * Which inode is which object, so that an output file that is a link to an object need not be read to know its digest.
 *
 * A row says: this inode, of this size and mtime, held bytes of this digest when they were last read. Change times are no
 * part of it, because making a link changes them. So a write into an object that also sets its mtime back passes here;
 * it is found when the object is put anywhere, where its bytes are always read.
 *
 * One line a row, appended in one write: a torn line is skipped, a lost file only costs reading. Loaded when the first
 * linked file is met.
 */
import { appendFileSync, readFileSync, type Stats } from 'node:fs';
import { type Digest, isDigest } from '../base/digest.ts';
import { replaceFile } from '../inputs/replace-file.ts';

interface Known {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly digest: Digest;
}

/** More lines than this, and more than twice as many as inodes, are written anew. */
const COMPACT_FROM_LINES = 100_000;

export class KnownInodes {
  readonly #file: string;
  #rows: Map<number, Known> | null = null;
  #fresh: string[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** The digest of a file that is a name of a known object; null when it must be read. */
  digestOf(stats: Stats): Digest | null {
    this.#rows ??= this.#load();
    const known = this.#rows.get(stats.ino);
    return known !== undefined && known.sizeBytes === stats.size && known.mtimeMs === stats.mtimeMs
      ? known.digest
      : null;
  }

  add(stats: Stats, digest: Digest): void {
    this.#rows?.set(stats.ino, { sizeBytes: stats.size, mtimeMs: stats.mtimeMs, digest });
    this.#fresh.push(`${stats.ino} ${stats.size} ${stats.mtimeMs} ${digest}\n`);
  }

  /** Writes what was added. Only a cache: a disk that refuses costs reading later. */
  save(): void {
    const text = this.#fresh.join('');
    this.#fresh = [];
    try {
      if (text !== '') appendFileSync(this.#file, text);
    } catch {
      this.#rows = null;
    }
  }

  #load(): Map<number, Known> {
    const rows = new Map<number, Known>();
    const lines = [...readLines(this.#file), ...this.#fresh];
    for (const line of lines) {
      const [ino, size, mtimeMs, digest = '', ...rest] = line.trimEnd().split(' ');
      if (rest.length === 0 && isDigest(digest))
        rows.set(Number(ino), { sizeBytes: Number(size), mtimeMs: Number(mtimeMs), digest });
    }
    if (lines.length > COMPACT_FROM_LINES && lines.length > rows.size * 2) this.#compact(rows);
    return rows;
  }

  #compact(rows: ReadonlyMap<number, Known>): void {
    const lines = [...rows].map(([ino, known]) => `${ino} ${known.sizeBytes} ${known.mtimeMs} ${known.digest}\n`);
    try {
      replaceFile(this.#file, lines.join(''));
    } catch {
      // the long file serves as well
    }
  }
}

function readLines(file: string): readonly string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    lines.pop(); // after the last newline: nothing, or a torn line
    return lines;
  } catch {
    return [];
  }
}
