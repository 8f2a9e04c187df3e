/**
 * The state of a training between two epochs, in one file.
 *
 * Replaced as a whole: a kill leaves the old state or the new one. A file that is not whole, or of another training, is as
 * good as none: training starts again. Layout: 32 bytes of SHA-256 over the rest, 4 bytes of length, a JSON header, the
 * arrays end to end.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { BestEpoch } from './best-epoch.ts';
import type { OptimizerState } from './optimizer.ts';
import type { EpochRecord } from './train-types.ts';

export interface Checkpoint {
  /** What the training is: settings and images, as text. */
  readonly identity: string;
  /** Epochs done. */
  readonly epoch: number;
  readonly history: readonly EpochRecord[];
  /** Of all weights, in the order of the model, after the last epoch. */
  readonly weights: readonly Float32Array[];
  /** Their moving average; empty when none is kept. */
  readonly average: readonly Float32Array[];
  readonly optimizer: OptimizerState;
  readonly best: BestEpoch | null;
}

interface Header {
  readonly identity: string;
  readonly epoch: number;
  readonly history: readonly (readonly [string, string])[][];
  readonly decays: [number, number];
  readonly best: { readonly epoch: number; readonly value: string } | null;
  /** How many arrays of weights, average, optimiser and best weights there are. */
  readonly counts: readonly number[];
  readonly lengths: readonly number[];
}

export function writeCheckpoint(file: string, checkpoint: Checkpoint): void {
  const { identity, epoch, history, weights, average, optimizer, best } = checkpoint;
  const groups = [weights, average, optimizer.slots, best?.weights ?? []];
  const arrays = groups.flat();
  const header: Header = {
    identity,
    epoch,
    // JSON has no NaN; as text every number comes back as it was.
    history: history.map((record) => Object.entries(record).map(([name, value]) => [name, String(value)])),
    decays: [...optimizer.decays],
    best: best === null ? null : { epoch: best.epoch, value: String(best.value) },
    counts: groups.map((group) => group.length),
    lengths: arrays.map((array) => array.length),
  };
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  const parts = [size, text, ...arrays.map((each) => Buffer.from(each.buffer, each.byteOffset, each.byteLength))];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  const handle = fs.openSync(`${file}.new`, 'w');
  try {
    for (const part of [hash.digest(), ...parts]) fs.writeSync(handle, part);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(`${file}.new`, file);
}

/** Null when there is none that is whole and of this training. */
export function readCheckpoint(file: string, identity: string): Checkpoint | null {
  if (!fs.existsSync(file)) return null;
  const bytes = fs.readFileSync(file);
  const body = bytes.subarray(32);
  if (!createHash('sha256').update(body).digest().equals(bytes.subarray(0, 32))) return null;
  const start = 4 + body.readUInt32LE(0);
  const header = JSON.parse(body.toString('utf8', 4, start)) as Header;
  if (header.identity !== identity) return null;
  let offset = start;
  const arrays = header.lengths.map((length) => {
    const array = new Float32Array(new Uint8Array(body.subarray(offset, offset + length * 4)).buffer);
    offset += length * 4;
    return array;
  });
  const take = (count = 0) => arrays.splice(0, count);
  const [weights, average, slots, kept] = header.counts.map(take);
  return {
    identity,
    epoch: header.epoch,
    history: header.history.map((record) => Object.fromEntries(record.map(([name, value]) => [name, Number(value)]))),
    weights: weights ?? [],
    average: average ?? [],
    optimizer: { decays: header.decays, slots: slots ?? [] },
    best:
      header.best === null ? null : { epoch: header.best.epoch, value: Number(header.best.value), weights: kept ?? [] },
  };
}
