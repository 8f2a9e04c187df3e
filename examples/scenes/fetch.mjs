/**
 * Fetches the photographs into `data/`: node fetch.mjs [address]
 *
 * The eight scene classes of Oliva and Torralba (2001), free for research, in the split of 1,881 and 807 that a course project used and
 * keeps in its repository. They are not part of this example and not under its licence; about 130 MB.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../lib/fetch.mjs';

const ADDRESS = process.argv[2] ?? 'https://github.com/alex21th/MCV-M3-Project';
const COMMIT = 'f44c6474d72362528c14650b04f3a13adc060a4c';
const FOLDER = 'data/MIT_split';
const COUNTS = { train: 1881, test: 807 };

const target = path.join(import.meta.dirname, 'data');
await makeFolder(target, (folder, scratch) => {
  const clone = path.join(scratch, 'clone');
  /** @param {string[]} args */
  const git = (...args) => execFileSync('git', args, { stdio: 'inherit' });
  // Without blobs, and sparse: then the checkout fetches what lies in one folder, all of it at once, and nothing else.
  git('clone', '--quiet', '--no-checkout', '--filter=blob:none', ADDRESS, clone);
  git('-C', clone, 'sparse-checkout', 'set', FOLDER);
  git('-C', clone, 'checkout', '--quiet', COMMIT);
  for (const [split, count] of Object.entries(COUNTS)) {
    const from = path.join(clone, FOLDER, split);
    const found = readdirSync(from, { recursive: true }).filter((name) => /\.jpg$/i.test(String(name))).length;
    if (found !== count) throw new Error(`${split} holds ${found} photographs, expected ${count}`);
    cpSync(from, path.join(folder, split), { recursive: true });
  }
});
process.stdout.write(`${COUNTS.train} and ${COUNTS.test} photographs in ${target}\n`);
