/**
 * The state of a training between two epochs, in one file.
 *
 * Replaced as a whole: a kill leaves the old state or the new one. A file that is not whole is as good as none: training
 * starts again. Layout: 32 bytes of SHA-256 over the rest, 4 bytes of length, a JSON header, the arrays end to end.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { OptimizerState } from './optimizer.ts';
import type { EpochRecord } from './train-types.ts';

export interface Checkpoint {
  readonly history: readonly EpochRecord[];
  /** Of all weights, in the order of the model, after the last epoch. */
  readonly weights: readonly Float32Array[];
  readonly optimizer: OptimizerState;
  /** The best epoch so far; its weights when they are to be restored. */
  readonly kept: { readonly epoch: number; readonly value: number; readonly weights: readonly Float32Array[] } | null;
}

export function writeCheckpoint(file: string, { history, weights, optimizer, kept }: Checkpoint): void {
  const arrays = [...weights, ...optimizer.slots, ...(kept?.weights ?? [])];
  const header = Buffer.from(
    JSON.stringify({
      // JSON has no NaN; as text every number comes back as it was.
      history: history.map((record) => Object.entries(record).map(([name, value]) => [name, String(value)])),
      decays: optimizer.decays,
      kept: kept === null ? null : { epoch: kept.epoch, value: String(kept.value) },
      counts: [weights.length, optimizer.slots.length, kept?.weights.length ?? 0],
      lengths: arrays.map((array) => array.length),
    }),
  );
  const size = Buffer.alloc(4);
  size.writeUInt32LE(header.length);
  const body = Buffer.concat([
    size,
    header,
    ...arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)),
  ]);
  const digest = createHash('sha256').update(body).digest();
  fs.writeFileSync(`${file}.new`, Buffer.concat([digest, body]));
  fs.renameSync(`${file}.new`, file);
}

/** Null when there is none that is whole. */
export function readCheckpoint(file: string): Checkpoint | null {
  if (!fs.existsSync(file)) return null;
  const bytes = fs.readFileSync(file);
  const body = bytes.subarray(32);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(0, 32))) return null;
  const start = 4 + body.readUInt32LE(0);
  const header = JSON.parse(body.toString('utf8', 4, start)) as {
    history: [string, string][][];
    decays: [number, number];
    kept: { epoch: number; value: string } | null;
    counts: [number, number, number];
    lengths: number[];
  };
  let offset = start;
  const arrays = header.lengths.map((length) => {
    const array = new Float32Array(new Uint8Array(body.subarray(offset, offset + length * 4)).buffer);
    offset += length * 4;
    return array;
  });
  const [weights, slots] = header.counts;
  const { kept } = header;
  return {
    history: header.history.map((record) => Object.fromEntries(record.map(([name, value]) => [name, Number(value)]))),
    weights: arrays.slice(0, weights),
    optimizer: { decays: header.decays, slots: arrays.slice(weights, weights + slots) },
    kept:
      kept === null ? null : { epoch: kept.epoch, value: Number(kept.value), weights: arrays.slice(weights + slots) },
  };
}
