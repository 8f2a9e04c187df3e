/**
 * Fetches the pictures into `data/`: node fetch.mjs [address]
 *
 * Things of the game FreedroidRPG, each rendered from about 32 directions, from the Debian package freedroidrpg-data 1.0-1: GPL-2 or
 * later, by the authors that `data/copyright` names. 228 MB are fetched and checked by digest, 9 MB kept. When Debian no longer
 * offers this version, give the address of a mirror that does, such as snapshot.debian.org.
 *
 * Every third thing of each class, in the order of their names, is kept aside in `data/fresh`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, createReadStream, createWriteStream, mkdirSync, openSync, readdirSync, readSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { download, makeFolder } from '../lib/fetch.mjs';

const ADDRESS =
  process.argv[2] ?? 'https://deb.debian.org/debian/pool/main/f/freedroidrpg/freedroidrpg-data_1.0-1_all.deb';
const SHA256 = '16c3cfeb82b1ec20c98493bbe1de2e356bd1aec832845630a5a7f12e303baa2b';
const ITEMS = './usr/share/freedroidrpg/data/graphics/items';
const COPYRIGHT = './usr/share/doc/freedroidrpg-data/copyright';

/** The folders of the game that make up a class. */
const CLASSES = {
  addons: ['addons'],
  armour: ['armours', 'helmets', 'shields'],
  drinks: ['pills_potions'],
  weapons: ['weapons', 'grenades'],
};

/**
 * The files of a Debian package lie in one member of an `ar` archive: a line of 8 bytes, then headers of 60 bytes, each before its member.
 *
 * @param {string} archive
 * @param {string} member
 * @returns {{ start: number, end: number }} first and last byte
 */
function findMember(archive, member) {
  const file = openSync(archive, 'r');
  const header = Buffer.alloc(60);
  for (let at = 8; readSync(file, header, 0, 60, at) === 60; ) {
    const name = header.toString('latin1', 0, 16).trim();
    const bytes = Number.parseInt(header.toString('latin1', 48, 58), 10);
    if (name === member) return { start: at + 60, end: at + 59 + bytes };
    at += 60 + bytes + (bytes % 2);
  }
  throw new Error(`${path.basename(archive)} has no member ${member}`);
}

const target = path.join(import.meta.dirname, 'data');
const counts = { known: 0, fresh: 0 };
await makeFolder(target, async (folder, scratch) => {
  const archive = path.join(scratch, 'package.deb');
  await download(ADDRESS, SHA256, archive);
  const files = path.join(scratch, 'data.tar.xz');
  await pipeline(createReadStream(archive, findMember(archive, 'data.tar.xz')), createWriteStream(files));
  execFileSync('tar', ['xJf', files, '-C', scratch, ITEMS, COPYRIGHT]);
  cpSync(path.join(scratch, COPYRIGHT), path.join(folder, 'copyright'));
  for (const [name, folders] of Object.entries(CLASSES)) {
    const things = folders
      .flatMap((each) => readdirSync(path.join(scratch, ITEMS, each), { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map((entry) => ({ name: entry.name, from: path.join(entry.parentPath, entry.name) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const [place, thing] of things.entries()) {
      const part = place % 3 === 2 ? 'fresh' : 'known';
      const into = path.join(folder, part, name, thing.name);
      mkdirSync(into, { recursive: true });
      for (const view of readdirSync(thing.from).filter((file) => /^portrait_\d+\.jpg$/.test(file))) {
        cpSync(path.join(thing.from, view), path.join(into, view));
        counts[/** @type {'known' | 'fresh'} */ (part)]++;
      }
    }
  }
});
process.stdout.write(`${counts.known} pictures of known things and ${counts.fresh} of fresh ones in ${target}\n`);
