import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { digestBytes } from '../base/digest.ts';
import { bundleChild, start } from './child-rig.ts';
import { walkObjects } from './object-files.ts';
import { makeRig, objectFiles, type Rig } from './store-rig.ts';

let rig: Rig;
beforeEach(() => {
  rig = makeRig();
});
afterEach(() => rig.remove());

/** Whether the bytes of an object are those it is named for. */
function isWhole(file: string): boolean {
  const name = path.basename(path.dirname(file)) + path.basename(file).replace(/-x$/, '');
  return digestBytes(fs.readFileSync(file)) === name;
}

test('a kill at any moment of storing loses no byte of the output, damages no object, and storing it again works', async () => {
  const script = bundleChild('crash.child.ts', rig.root);
  for (let i = 0; i < 900; i++) rig.write(`out/${i % 10}/${i}`, `content of ${i % 700}`, i % 5 === 0 ? 0o755 : 0o644);
  fs.symlinkSync('1', rig.at('out/link'));
  const before = await rig.read('out');
  const objects = () => (fs.existsSync(rig.at('cache/objects')) ? objectFiles(rig.store.root).length : 0);
  let kills = 0;
  for (let goal = 1; goal < 900; goal += 90) {
    const child = start(script, [rig.store.root, rig.at('out')]);
    let hasEnded = false;
    void child.ended.then(() => {
      hasEnded = true;
    });
    while (!hasEnded && objects() < goal) await new Promise((resolve) => setTimeout(resolve, 1));
    child.process.kill('SIGKILL');
    if ((await child.ended).signal === 'SIGKILL') kills++;
    expect(await rig.read('out')).toEqual(before);
    expect([...walkObjects(rig.store.root)].filter((each) => !isWhole(each))).toEqual([]);
  }
  expect(kills).toBeGreaterThan(0);
  const adopted = await rig.store.adopt(rig.at('out'));
  expect(adopted).toEqual({ ok: true, value: before });
  if (before !== null) expect((await rig.store.materialise(before, rig.at('copy'))).ok).toBe(true);
  expect(await rig.read('copy')).toEqual(before);
  expect(fs.readdirSync(path.join(rig.store.root, 'tmp')).length).toBe(1);
}, 60_000);
