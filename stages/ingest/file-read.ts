/** What every source of images gives, and how large a file it reads. */

/** A larger file is not read: no camera makes one, and several of them are in memory at a time. */
export const MAX_FILE_BYTES = 512 << 20;

/** A file that was read, or why it was not, with the SHA-256 of what is there of it. */
export type FileRead = { readonly bytes: Buffer } | { readonly source: string; readonly problem: string };

export interface ImageSource {
  /** Paths of all files that are not hidden, forward slashes, sorted. */
  readonly names: readonly string[];
  read(name: string): FileRead;
  close(): void;
}

export function tooLarge(sizeBytes: number): string {
  return `${sizeBytes} bytes are more than the ${MAX_FILE_BYTES} that are read`;
}
