import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleProgram } from './support/engine-program.ts';

/**
 * Digests of all weights after Adam steps on fixed data, and of ResNet18's outputs, from the first machine that made them. They change when a kernel's
 * arithmetic changes, and then `ENGINE_VERSION` counts up; on another machine, another Node or more threads they must not.
 */
const GOLDEN = [
  { name: 'A', batch: 5, steps: 3, digest: '6382b1b153cb1789' },
  { name: 'B', batch: 3, steps: 2, digest: 'ab716c2c0f1a564e' },
  { name: 'C', batch: 3, steps: 2, digest: '5980eeddcf04854b' },
  { name: 'R', batch: 2, steps: 3, digest: '8d3e37ab7035b240' },
] as const;

const run = promisify(execFile);
let program: Awaited<ReturnType<typeof bundleProgram>>;
beforeAll(async () => {
  program = await bundleProgram('test/support/engine-digests.ts');
});
afterAll(() => rmSync(program.folder, { recursive: true, force: true }));

async function digestOf({ name, batch, steps }: (typeof GOLDEN)[number], threads: number): Promise<string> {
  const { stdout } = await run(process.execPath, [program.file, name, `${batch}`, `${steps}`, `${threads}`]);
  return stdout.trim();
}

for (const each of GOLDEN) {
  test(`network ${each.name} gives the weights or outputs it always gave, on 1, 2, 3 and 4 threads`, async () => {
    const found: string[] = [];
    for (const threads of [1, 2, 3, 4]) found.push(await digestOf(each, threads));
    expect(found).toEqual(new Array(4).fill(each.digest));
  });
}

test('a second run gives the same weights as the first', async () => {
  const [network] = GOLDEN;
  expect(await digestOf(network, 2)).toBe(await digestOf(network, 2));
});
