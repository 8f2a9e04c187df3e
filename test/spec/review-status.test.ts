/** `status`, `--dry` and `why` say what `run` then does: also behind results that are only put back, and for frozen stages. */
import { expect, test } from 'vitest';
import { type TestProject, testProject } from '../support/project.ts';

/** Status of each stage; `restorable` of those that are stale and only have to be put back. */
function forecast(project: TestProject, args: readonly string[] = ['status']) {
  const { code, summary, events } = project.json(args);
  const problems = events.filter((each) => each.event === 'problem');
  const stages = Object.entries(summary.stages).map(([name, { status, restorable }]) => [
    name,
    restorable === true ? 'restorable' : status,
  ]);
  return { code, stages: Object.fromEntries(stages), problems };
}

/** One makes a folder; others read it whole, a part of it, and a folder around it. */
const parts = () =>
  testProject({
    'pipeline.yaml': `
params: { word: one }
stages:
  make: { cmd: 'mkdir -p sub/d; echo \${word} > sub/d/x', outs: [sub/d] }
  whole: { cmd: cat sub/d/x > whole.txt, deps: [sub/d], outs: [whole.txt] }
  part: { cmd: cat sub/d/x > part.txt, deps: [sub/d/x], outs: [part.txt] }
  around: { cmd: cat sub/d/x > around.txt, deps: [sub], outs: [around.txt] }
  after: { cmd: cat part.txt > after.txt, deps: [part.txt], outs: [after.txt] }
`,
  });

const set = (project: TestProject, word: string) =>
  project.write('pipeline.yaml', project.read('pipeline.yaml').replace(/word: \w+/, `word: ${word}`));

test('an input inside or around an output that is only to be put back is not missing: what it will be is not known yet', () => {
  const project = parts();
  project.json(['run']);
  project.remove('sub');
  const expected = {
    make: 'restorable',
    whole: 'fresh',
    part: 'unknown',
    around: 'unknown',
    after: 'unknown',
  };
  expect(forecast(project)).toEqual({ code: 3, stages: expected, problems: [] });
  expect(forecast(project, ['run', '--dry'])).toEqual({ code: 0, stages: expected, problems: [] });
  const why = project.pipe(['why', 'after']);
  expect(why.stdout).toContain('after: may have to run');
  expect(why.stdout).toContain('because of make: output missing: sub/d');
  expect(project.pipe(['why', 'make']).stdout).toContain('make: has to be put back in place');
  expect(project.json(['run']).statuses).toEqual({
    make: 'restored',
    whole: 'cached',
    part: 'cached',
    around: 'cached',
    after: 'cached',
  });
  expect(forecast(project).code).toBe(0);
});

test('going back to an earlier value, a stage that reads a part of what is put back is not called fresh', () => {
  const project = parts();
  project.json(['run']);
  set(project, 'two');
  project.json(['run']);
  set(project, 'one');
  expect(forecast(project).stages).toEqual({
    make: 'restorable',
    whole: 'restorable',
    part: 'unknown',
    around: 'unknown',
    after: 'unknown',
  });
  expect(project.pipe(['status']).stdout).toContain('2 of 5 stages would be restored, 3 may run');
  const { statuses } = project.json(['run']);
  expect(new Set(Object.values(statuses))).toEqual(new Set(['restored']));
  expect(project.read('after.txt')).toBe('one\n');
});

test('a frozen stage whose output was edited, deleted or lost is not up to date', () => {
  const project = testProject({
    'pipeline.yaml': 'stages:\n  a: { cmd: echo a > a.txt, outs: [a.txt] }\n',
  });
  project.json(['run']);
  project.write('pipeline.yaml', 'stages:\n  a: { cmd: echo b > a.txt, outs: [a.txt], frozen: true }\n');
  expect(forecast(project)).toMatchObject({ code: 0, stages: { a: 'fresh' } });
  project.remove('a.txt');
  expect(forecast(project)).toMatchObject({ code: 3, stages: { a: 'restorable' } });
  project.write('a.txt', 'by hand\n');
  expect(forecast(project)).toMatchObject({ code: 3, stages: { a: 'restorable' } });
  project.json(['run']);
  expect(project.read('a.txt')).toBe('a\n');
  expect(forecast(project)).toMatchObject({ code: 0, stages: { a: 'fresh' } });
  project.remove('a.txt');
  project.remove('cache/objects');
  const lost = forecast(project, ['run', '--dry']);
  expect(lost).toMatchObject({ code: 2, stages: { a: 'stale' }, problems: [{ problem: { code: 'E0685' } }] });
  expect(project.json(['run'])).toMatchObject({ code: 1, statuses: { a: 'failed' } });
});

test('an output that is missing in one of the experiments that share a stage is seen, and put back', () => {
  const project = testProject({
    'pipeline.yaml': `
params: { word: x }
stages:
  shared: { cmd: echo shared > shared.txt, outs: [shared.txt] }
  own: { cmd: 'echo \${word} > own.txt', outs: [own.txt] }
experiments:
  e: { params.word: y }
`,
  });
  project.json(['run', '--all']);
  const place = 'artifacts/e/shared/shared.txt';
  expect(forecast(project, ['status', '--all'])).toMatchObject({ code: 0 });
  for (const edit of [null, 'edited\n']) {
    project.remove(place);
    if (edit !== null) project.write(place, edit);
    const expected = { shared: 'restorable', own: 'fresh' };
    expect(forecast(project, ['status', '--all'])).toMatchObject({ code: 3, stages: expected });
    expect(forecast(project, ['run', '--all', '--dry'])).toMatchObject({ code: 0, stages: expected });
    expect(project.pipe(['status', '--all']).stdout).toContain(place);
    expect(forecast(project, ['status'])).toMatchObject({ code: 0 });
    project.json(['run', '--all']);
    expect(project.read(place)).toBe('shared\n');
    expect(forecast(project, ['status', '--all'])).toMatchObject({ code: 0 });
  }
});
