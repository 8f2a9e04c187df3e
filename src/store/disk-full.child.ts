/** A process of `disk-full.test.ts`: everything that writes, on a disk without room; prints what came of it. */
import fs from 'node:fs';
import type { Key } from '../base/digest.ts';
import { ProblemError } from '../base/problem.ts';
import type { Artifact } from '../inputs/artifact.ts';
import { openStore } from './open-store.ts';

const [root = '', out = '', target = '', artifact = 'null', key = ''] = process.argv.slice(2);
const store = openStore({ root });
const big = 'x'.repeat(3_000_000);

async function outcome(action: () => unknown): Promise<unknown> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ProblemError) return { problems: error.problems };
    return { crash: String(error) };
  }
}

const record = { version: 1, key: key as Key, stage: big, outputs: {}, log: null } as unknown as Parameters<
  typeof store.writeAction
>[0];
const outcomes = {
  adopt: await outcome(() => store.adopt(out)),
  text: await outcome(() => store.putText(big)),
  record: await outcome(() => store.writeAction(record)),
  materialise: await outcome(() => store.materialise(JSON.parse(artifact) as Artifact, target)),
};
fs.writeSync(1, JSON.stringify(outcomes));
