import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './sources.ts';
import { HAS_BWRAP, HAS_STRACE } from './support/helper-programs.ts';
import { TestProject, testProject } from './support/project.ts';

const GUIDE = fs.readFileSync(path.join(ROOT, 'docs/guide/verify.md'), 'utf8');

/** The example of docs/guide/verify.md: its pipeline as it stands there, and what the text says of the rest. */
function exampleFiles(): Record<string, string> {
  return {
    'pipeline.yaml': GUIDE.split('```yaml\n')[1]?.split('```')[0] ?? '',
    'fit.py': `
import json, random
loss = 1.0
with open('curve.csv', 'w') as curve:
    curve.write('step,loss\\n')
    for step in range(3):
        loss *= 0.5 + 0.01 * random.random()
        curve.write(f'{step},{loss:.9f}\\n')
json.dump({'loss': round(loss, 9), 'steps': 3}, open('metrics.json', 'w'))
`,
    'title.txt': 'Fit\n',
    'data/a.txt': 'one\n',
    'data/b.txt': 'two\n',
  };
}

/** What differs from run to run: durations, random losses, the name of a run, the folder. */
function masked(text: string, project: TestProject): string {
  return text
    .replaceAll(`${project.root}/`, '')
    .replace(/logs\/[^/]+\//g, 'logs/RUN/')
    .replace(/under 0\.1 s|\d+\.\d s/g, 'T')
    .replace(/0\.\d{2,9} -> 0\.\d{2,9}/g, 'A -> B');
}

test.skipIf(!HAS_BWRAP || !HAS_STRACE)('what the guide shows of the terminal is what the terminal shows', () => {
  const project = testProject(exampleFiles());
  expect(project.pipe(['run']).code).toBe(0);
  const programs = new TestProject({ pipe: `#!/bin/sh\nexec ${process.execPath} ${ROOT}/bin/pipe.cjs "$@"\n` });
  fs.chmodSync(programs.path('pipe'), 0o755);
  const PATH = `${programs.root}:${process.env.PATH}`;
  const blocks = [...GUIDE.matchAll(/```console\n\$ ([^\n]*)\n(.*?)```/gs)];
  expect(blocks).toHaveLength(5);
  for (const [, command = '', shown = ''] of blocks) {
    const code = project.read('fit.py');
    const env = { ...process.env, PATH, NO_COLOR: '1' };
    const { stdout } = spawnSync('sh', ['-c', command], { cwd: project.root, env, encoding: 'utf8' });
    project.write('fit.py', code);
    // Of a long answer the guide may show the beginning.
    expect(masked(stdout, project).slice(0, masked(shown, project).length), command).toBe(masked(shown, project));
  }
  programs.destroy();
});
