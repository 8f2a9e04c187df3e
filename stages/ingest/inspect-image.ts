/** What decoding an image tells, remembered under the digest of its bytes. */
import { createHash } from 'node:crypto';
import type { ItemCache } from '../../src/sdk/index.ts';
import { formatOf, type ImageFormat } from '../lib/image/image-format.ts';
import { decodeImage } from '../lib/image/raster.ts';

interface Seen {
  /** SHA-256 of the file. */
  readonly source: string;
  /** By its content; null when that is no image's. */
  readonly format: ImageFormat | null;
}

export type ImageFacts = Seen &
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

export async function inspectImage(items: ItemCache, file: Uint8Array): Promise<ImageFacts> {
  const source = createHash('sha256').update(file).digest('hex');
  const facts = await items.bytes({ facts: source }, async () =>
    Buffer.from(JSON.stringify(await decodeFacts(source, file))),
  );
  return JSON.parse(Buffer.from(facts).toString('utf8')) as ImageFacts;
}

async function decodeFacts(source: string, file: Uint8Array): Promise<ImageFacts> {
  const seen = { source, format: formatOf(file) };
  try {
    const { width, height, channels, data } = await decodeImage(file);
    const content = createHash('sha256').update(`${width}x${height}x${channels}\n`).update(data).digest('hex');
    return { ...seen, content, width, height, channels };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { ...seen, problem: words.split('\n', 1)[0] ?? 'unknown' };
  }
}
