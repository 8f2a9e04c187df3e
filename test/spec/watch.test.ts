/** `pipe watch`: an edit reruns what it makes stale, ends what it makes pointless, and nothing else. */
import fs from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { processesNamed } from '../support/processes.ts';
import { ended, type TestProject, testProject, until } from '../support/project.ts';

interface Watching {
  /** What it said so far. */
  said(): string;
  /** Waits until it has ended a run for the n-th time. */
  runs(count: number): Promise<void>;
  interrupt(): Promise<number | null>;
}

function watch(project: TestProject, args: readonly string[] = []): Watching {
  const child = project.start(['watch', ...args]);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
  }
  const gone = ended(child);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  return {
    said: () => text,
    runs: (count) =>
      until(
        `run ${count} has ended; said:\n${text}`,
        () =>
          (
            text.match(/^(ran |everything is up to date|\d+ results? brought|\d+ stages? failed|the run did not)/gm) ??
            []
          ).length >= count,
        20_000,
      ),
    interrupt() {
      child.kill('SIGINT');
      return gone;
    },
  };
}

/** Null while nothing is there: an output is gone for as long as its stage runs. */
function content(project: TestProject, name: string): string | null {
  try {
    return project.read(name);
  } catch {
    return null;
  }
}

const PIPELINE = `
stages:
  up: { cmd: 'cat in.txt > up.txt; echo up >> ran.log', deps: [in.txt], params: [size], outs: [up.txt] }
  down: { cmd: 'cat up.txt > down.txt; echo down >> ran.log', deps: [up.txt], outs: [down.txt] }
`;
const project = (pipeline = PIPELINE) =>
  testProject({ 'pipeline.yaml': pipeline, 'params.yaml': 'size: 1\n', 'in.txt': 'one\n', 'ran.log': '' });

test('an edit of an input, of params or of the pipeline reruns what it makes stale; other files do nothing', async () => {
  const each = project();
  const watching = watch(each);
  await watching.runs(1);
  each.write('in.txt', 'two\n');
  await until('the edit arrived', () => content(each, 'down.txt') === 'two\n');
  await watching.runs(2);
  each.write('unrelated.txt', 'x');
  each.write('params.yaml', 'size: 2\n');
  await watching.runs(3);
  expect(each.count('ran.log')).toBe(5);
  // Editors write a new file and rename it over the old one.
  each.write('in.txt.new', 'three\n');
  fs.renameSync(each.path('in.txt.new'), each.path('in.txt'));
  await until('the renamed file arrived', () => content(each, 'down.txt') === 'three\n');
  await watching.runs(4);
  each.write('in.txt', 'four\n');
  await until('the file is still watched after the rename', () => content(each, 'down.txt') === 'four\n');
  await watching.runs(5);
  each.write('pipeline.yaml', PIPELINE.replace('cat up.txt >', 'cat up.txt up.txt >'));
  await until('the pipeline arrived', () => content(each, 'down.txt') === 'four\nfour\n');
  await watching.runs(6);
  expect(await watching.interrupt()).toBe(130);
});

test('a broken pipeline is told, and watching goes on until it is mended', async () => {
  const each = project();
  const watching = watch(each);
  await watching.runs(1);
  each.write('pipeline.yaml', 'stages: [');
  await until('the mistake is told', () => /error\[E01/.test(watching.said()));
  each.write('pipeline.yaml', PIPELINE.replace('cat in.txt >', 'cat in.txt in.txt >'));
  await until('the mended pipeline ran', () => content(each, 'down.txt') === 'one\none\n');
  expect(await watching.interrupt()).toBe(130);
});

test('watching may begin with a broken pipeline or a missing input', async () => {
  const each = project('stages: [');
  each.remove('in.txt');
  const watching = watch(each);
  await until('the mistake is told', () => /error\[E01/.test(watching.said()));
  each.write('pipeline.yaml', PIPELINE);
  await until('the missing input is told', () => watching.said().includes('E0590'));
  await watching.runs(1);
  each.write('in.txt', 'late\n');
  await until('the input arrived', () => content(each, 'down.txt') === 'late\n');
  each.remove('in.txt');
  await until('it is missing again', () => watching.said().split('E0590').length > 2);
  each.write('in.txt', 'back\n');
  await until('the input came back', () => content(each, 'down.txt') === 'back\n');
  expect(await watching.interrupt()).toBe(130);
});

test('an edit that makes running work pointless ends it with all its processes, and what is wanted now runs', async () => {
  const mark = `pipe-watch-${process.pid}`;
  const each = project(`
stages:
  up: { cmd: cat in.txt > up.txt, deps: [in.txt], outs: [up.txt] }
  slow: { cmd: 'echo slow >> ran.log; if grep -q one up.txt; then bash -c "sleep 100; : ${mark}"; fi; cat up.txt > slow.txt', deps: [up.txt], outs: [slow.txt] }
`);
  const watching = watch(each);
  await until('the slow stage runs', () => each.count('ran.log') === 1 && processesNamed(mark).length > 0);
  each.write('in.txt', 'two\n');
  await until('the new input went through', () => content(each, 'slow.txt') === 'two\n');
  // The shell of the second execution names the mark, too, and may be about to end.
  await until('nothing of the first execution is left', () => processesNamed(mark).length === 0, 10_000);
  expect(each.count('ran.log')).toBe(2);
  expect(await watching.interrupt()).toBe(130);
});

test('an edit that concerns nothing that runs lets it finish', async () => {
  const each = project(`
stages:
  slow: { cmd: 'echo begun >> ran.log; while test ! -e go; do sleep 0.02; done; cat in.txt > slow.txt', deps: [in.txt], outs: [slow.txt] }
  late: { cmd: cat slow.txt other.txt > late.txt, deps: [slow.txt, other.txt], outs: [late.txt] }
`);
  each.write('other.txt', 'a\n');
  const watching = watch(each);
  await until('the slow stage runs', () => each.count('ran.log') === 1);
  each.write('other.txt', 'b\n');
  each.write('go', '');
  await until('the edit went through', () => content(each, 'late.txt') === 'one\nb\n');
  expect(each.count('ran.log')).toBe(1);
  expect(await watching.interrupt()).toBe(130);
});

test('Ctrl-C in the middle of a stage ends with exit code 130 and leaves no process', async () => {
  const mark = `pipe-watch-end-${process.pid}`;
  const each = project(`stages:\n  a: { cmd: 'bash -c "sleep 100; : ${mark}"', outs: [a.txt] }\n`);
  const watching = watch(each);
  await until('the stage runs', () => processesNamed(mark).length > 0);
  expect(await watching.interrupt()).toBe(130);
  expect(processesNamed(mark)).toEqual([]);
});
