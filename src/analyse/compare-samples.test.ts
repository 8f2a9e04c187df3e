import { expect, test } from 'vitest';
import { runInProcess } from '../../test/support/in-process.ts';
import { testProject } from '../../test/support/project.ts';
import { diffOf } from './diff.ts';
import { findSubject } from './find-subject.ts';
import { openRecords } from './records.ts';

const PROGRAM = `
import { mkdirSync, writeFileSync } from 'node:fs';
const [count, from] = process.argv.slice(2).map(Number);
mkdirSync('dataset');
const line = (id) => JSON.stringify({ id: id + '.png', digest: id === 5 ? 'd' + count : 'd', labels: [id % 2], split: 'train' });
writeFileSync('dataset/samples.jsonl', Array.from({ length: count }, (_, i) => line(i + from) + '\\n').join(''));
`;

test('samples that came, went and changed are counted at the first stage whose dataset differs, and named', async () => {
  const made = testProject({
    'program.mjs': PROGRAM,
    'pipeline.yaml': `params: { count: 10, from: 0 }
stages:
  ingest: { cmd: "node program.mjs \${count} \${from}", deps: [program.mjs], outs: [dataset] }
  copy: { cmd: cp -r dataset copied, deps: [dataset], outs: [copied] }
experiments:
  moved: { params.count: 12, params.from: 3 }
  same: { params.count: 10 }
`,
  });
  await runInProcess(made.root, { experiments: 'all' });
  const records = openRecords(made.root, 'pipeline.yaml');
  const samplesOf = async (name: string) => {
    const found = await Promise.all(
      ['main', name].map((each) => findSubject(records, each, { experiment: 'main', git: async () => null })),
    );
    return diffOf(
      records,
      found.flatMap((each) => (each.ok ? [each.value] : [])),
    ).comparisons[0]?.samples;
  };
  expect(await samplesOf('moved')).toEqual({
    stage: 'ingest',
    first: 10,
    second: 12,
    came: 5,
    went: 3,
    changed: 1,
    examples: ['10.png', '11.png', '12.png', '13.png', '14.png', '0.png', '1.png', '2.png', '5.png'],
  });
  expect(await samplesOf('same')).toBeNull();
});
