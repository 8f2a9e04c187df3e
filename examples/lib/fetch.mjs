/**
 * What the scripts that fetch an example's data have in common: a package or file is fetched, its SHA-256 compared, and a folder appears
 * whole or not at all. Nothing of a package is ever run.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Makes a folder that is not there yet. It is written under another name beside its place, so that what was broken off is never
 * taken for the whole.
 *
 * @param {string} target
 * @param {(folder: string, scratch: string) => Promise<void> | void} write  fills `folder`; `scratch` is deleted afterwards.
 */
export async function makeFolder(target, write) {
  if (existsSync(target)) throw new Error(`${target} is already there`);
  const scratch = mkdtempSync(path.join(path.dirname(target), '.fetch-'));
  try {
    const folder = path.join(scratch, 'whole');
    mkdirSync(folder);
    await write(folder, scratch);
    renameSync(folder, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Fetches a package from the npm registry and unpacks it into a folder of its own.
 *
 * @param {string} name     as npm has it, such as `@scope/name`
 * @param {string} version
 * @param {string} sha256   of the archive
 * @param {string} scratch  where archive and unpacked files may lie
 * @returns {Promise<string>} the folder with the package's files
 */
export async function npmPackage(name, version, sha256, scratch) {
  const folder = mkdtempSync(path.join(scratch, 'package-'));
  execFileSync('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', folder], { stdio: 'ignore' });
  const archive = path.join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  await compareDigest(archive, sha256);
  execFileSync('tar', ['xzf', archive, '-C', folder]);
  return path.join(folder, 'package');
}

/**
 * @param {string} address
 * @param {string} sha256
 * @param {string} file  written by this
 */
export async function download(address, sha256, file) {
  const response = await fetch(address);
  if (!response.ok || response.body === null) throw new Error(`${address} answers ${response.status}`);
  await pipeline(Readable.fromWeb(/** @type {never} */ (response.body)), createWriteStream(file));
  await compareDigest(file, sha256);
}

/**
 * @param {string} file
 * @param {string} expected
 */
async function compareDigest(file, expected) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  const digest = hash.digest('hex');
  if (digest !== expected) throw new Error(`${path.basename(file)} has the digest ${digest}, expected ${expected}`);
}
