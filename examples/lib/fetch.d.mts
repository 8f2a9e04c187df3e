/** Types of fetch.mjs, which has to run without a build. */
export function makeFolder(
  target: string,
  write: (folder: string, scratch: string) => Promise<void> | void,
): Promise<void>;
export function npmPackage(name: string, version: string, sha256: string, scratch: string): Promise<string>;
export function download(address: string, sha256: string, file: string): Promise<void>;
