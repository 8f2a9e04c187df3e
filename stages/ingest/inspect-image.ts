/** What decoding an image tells, remembered under the digest of its bytes. */
import { createHash, hash } from 'node:crypto';
import type { ItemCache } from '../../src/sdk/index.ts';
import { formatOf, type ImageFormat } from '../lib/image/image-format.ts';
import { useImage } from '../lib/image/raster.ts';
import type { PoolWork, RunJob } from '../lib/threads/pool.ts';

interface Seen {
  /** By its content; null when that is no image's. */
  readonly format: ImageFormat | null;
}

type Decoded = Seen &
  (
    | {
        /** SHA-256 of size and pixels. */
        readonly content: string;
        readonly width: number;
        readonly height: number;
        readonly channels: 1 | 3;
      }
    | { readonly problem: string }
  );

export type ImageFacts = Decoded & {
  /** SHA-256 of the file. */
  readonly source: string;
};

/** Decodes a file whole, here or in a thread. */
export const INSPECTION: PoolWork<Uint8Array, Decoded> = {
  script: new URL('./worker.ts', import.meta.url),
  run: decodeFacts,
};

export async function inspectImage(
  items: ItemCache,
  decode: RunJob<Uint8Array, Decoded>,
  file: Uint8Array,
): Promise<ImageFacts> {
  const source = hash('sha256', file, 'hex');
  const facts = await items.bytes({ facts: source }, async () =>
    Buffer.from(JSON.stringify({ source, ...(await decode(file)) })),
  );
  return JSON.parse(Buffer.from(facts).toString('utf8')) as ImageFacts;
}

async function decodeFacts(file: Uint8Array): Promise<Decoded> {
  const format = formatOf(file);
  try {
    const facts = await useImage(file, ({ width, height, channels, data }) => ({
      width,
      height,
      channels,
      content: createHash('sha256').update(`${width}x${height}x${channels}\n`).update(data).digest('hex'),
    }));
    return { format, ...facts };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { format, problem: words.split('\n', 1)[0] ?? 'unknown' };
  }
}
