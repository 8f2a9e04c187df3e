/** Two and eight runs at once: same results, each key executed once, and whoever waits says so. */
import { expect, test } from 'vitest';
import { ended, testProject, until } from '../support/project.ts';

/** Every execution leaves a line in `../executed`, beside the project's own files but no output of anything. */
const PIPELINE = `
stages:
  slow: { cmd: 'echo slow >> executed.log; sleep 2; cat in.txt > slow.txt', deps: [in.txt], outs: [slow.txt] }
  left: { cmd: 'echo left >> executed.log; cat slow.txt > left.txt', deps: [slow.txt], outs: [left.txt] }
  right: { cmd: 'echo right >> executed.log; cat slow.txt > right.txt', deps: [slow.txt], outs: [right.txt] }
`;

for (const runs of [2, 8]) {
  test(`${runs} runs at once execute each key once, agree, and say that they wait`, async () => {
    const project = testProject({ 'pipeline.yaml': PIPELINE, 'in.txt': 'x\n' });
    const targets = [[], ['left'], ['right'], []];
    const children = Array.from({ length: runs }, (_, index) =>
      project.start(['run', ...(targets[index % targets.length] as string[])]),
    );
    const screens = children.map((child) => {
      let text = '';
      child.stderr?.on('data', (bytes: Buffer) => {
        text += bytes.toString();
      });
      return () => text;
    });
    const codes = await Promise.all(children.map(ended));
    expect(codes, screens.map((each) => each()).join('\n---\n')).toEqual(children.map(() => 0));
    expect(project.read('executed.log').trim().split('\n').sort()).toEqual(['left', 'right', 'slow']);
    expect(project.read('left.txt') + project.read('right.txt')).toBe('x\nx\n');
    expect(screens.some((each) => each().includes('another run'))).toBe(true);
    const { statuses } = project.json(['run']);
    expect(
      Object.values(statuses).every((each) => each === 'cached'),
      JSON.stringify(statuses),
    ).toBe(true);
  });
}

test('a run that waits takes over when the other one is killed', async () => {
  const project = testProject({ 'pipeline.yaml': PIPELINE, 'in.txt': 'x\n' });
  const first = project.start(['run']);
  await until('the first run executes', () => project.exists('executed.log'));
  const second = project.start(['run']);
  let screen = '';
  second.stderr?.on('data', (bytes: Buffer) => {
    screen += bytes.toString();
  });
  await until('the second run waits', () => screen.includes('another run'));
  first.kill('SIGKILL');
  expect(await ended(second), screen).toBe(0);
  expect(project.read('left.txt')).toBe('x\n');
});
