/** Where images are read from: a folder, or an archive that is read as it is, without unpacking it into the project. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { StageError } from '../../src/sdk/index.ts';
import { type ImageSource, MAX_FILE_BYTES, tooLarge } from './file-read.ts';
import { isTar, isTarGz, openTar, openTarGz } from './tar.ts';
import { isZip, openZip } from './zip.ts';

/** @throws StageError E0802 or E0808 when `place` is neither a folder nor an archive that can be read. */
export async function openSource(place: string): Promise<ImageSource> {
  if (fs.statSync(place).isDirectory()) return openFolder(place);
  const beginning = readBeginning(place);
  if (isZip(beginning)) return openZip(place);
  if (isTarGz(beginning)) return openTarGz(place);
  if (isTar(beginning)) return openTar(place);
  throw new StageError(`\`source\` is the file \`${path.basename(place)}\`, which is neither a zip nor a tar archive`, {
    code: 'E0802',
    hint: 'give a folder of images, or an archive of one: .zip, .tar, .tar.gz, .tgz',
  });
}

function readBeginning(file: string): Buffer {
  const handle = fs.openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(512);
    return bytes.subarray(0, fs.readSync(handle, bytes));
  } finally {
    fs.closeSync(handle);
  }
}

/** Names that begin with a dot are left out; links are followed to files, not into folders. */
function openFolder(folder: string): ImageSource {
  const names: string[] = [];
  function walk(below: string): void {
    for (const entry of fs.readdirSync(`${folder}/${below}`, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) walk(`${below}${entry.name}/`);
      else names.push(`${below}${entry.name}`);
    }
  }
  walk('');
  return {
    names: names.sort(),
    read(name) {
      const file = path.join(folder, name);
      const { size } = fs.statSync(file);
      if (size <= MAX_FILE_BYTES) return { bytes: fs.readFileSync(file) };
      return { source: digestOf(file), problem: tooLarge(size) };
    },
    close() {},
  };
}

/** A piece at a time: the file may be larger than memory. */
function digestOf(file: string): string {
  const digest = createHash('sha256');
  const handle = fs.openSync(file, 'r');
  const bytes = Buffer.alloc(4 << 20);
  for (let read = fs.readSync(handle, bytes); read > 0; read = fs.readSync(handle, bytes)) {
    digest.update(bytes.subarray(0, read));
  }
  fs.closeSync(handle);
  return digest.digest('hex');
}
