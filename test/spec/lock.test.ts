/** `pipeline.lock`: stable, rebuilt from the store, never the authority. */
import { expect, test } from 'vitest';
import { testProject } from '../support/project.ts';

const FILES = {
  'pipeline.yaml': `
stages:
  a: { cmd: cat in.txt > a.txt, deps: [in.txt], outs: [a.txt] }
  b: { cmd: 'echo "{\\"loss\\": 0.25}" > b.json', deps: [a.txt], metrics: [b.json] }
`,
  'in.txt': 'x\n',
};

test('a lost lock is rebuilt from the store, byte for byte, without running anything', () => {
  const project = testProject(FILES);
  project.json(['run']);
  const lock = project.read('pipeline.lock');
  project.remove('pipeline.lock');
  expect(project.json(['run']).statuses).toEqual({ a: 'cached', b: 'cached' });
  expect(project.read('pipeline.lock')).toBe(lock);
});

test('a lock full of conflict markers is a warning, and is rebuilt without running anything', () => {
  const project = testProject(FILES);
  project.json(['run']);
  const lock = project.read('pipeline.lock');
  const [head, ...rest] = lock.split('    b:\n');
  project.write(
    'pipeline.lock',
    `${head}<<<<<<< HEAD\n    b:\n=======\n    b:\n      key: ${'0'.repeat(64)}\n>>>>>>> other\n${rest.join('')}`,
  );
  const run = project.json(['run']);
  expect(run.code).toBe(0);
  expect(run.events.find((event) => event.event === 'problem')).toMatchObject({
    problem: { code: 'E0683', severity: 'warning' },
  });
  expect(run.statuses).toEqual({ a: 'cached', b: 'cached' });
  expect(project.read('pipeline.lock')).toBe(lock);
});

test('metrics are in the lock, and stages that are gone are not', () => {
  const project = testProject(FILES);
  project.json(['run']);
  expect(project.read('pipeline.lock')).toContain('b.json:loss": 0.25');
  project.write('pipeline.yaml', FILES['pipeline.yaml'].split('  b:')[0] as string);
  project.json(['run']);
  expect(project.read('pipeline.lock')).not.toContain('    b:');
});

test('checkout puts recorded results back whatever the inputs are now, and says which are gone from the store', () => {
  const project = testProject(FILES);
  project.json(['run']);
  project.write('in.txt', 'y\n');
  project.remove('a.txt');
  expect(project.pipe(['checkout']).code).toBe(0);
  expect(project.read('a.txt')).toBe('x\n');
  project.remove('a.txt');
  project.remove('cache/objects');
  const lost = project.json(['checkout']);
  expect(lost.code).toBe(1);
  expect(lost.events.find((event) => event.event === 'problem')).toMatchObject({
    problem: { code: 'E0686', stage: 'a' },
  });
});

test('checkout of what never ran says what to run', () => {
  const project = testProject({ ...FILES, 'pipeline.yaml': `${FILES['pipeline.yaml']}experiments:\n  other: {}\n` });
  const checkout = project.json(['checkout', 'other']);
  expect(checkout.code).toBe(2);
  expect(checkout.events[0]).toMatchObject({ problem: { code: 'E0592', hint: 'pipe run --experiment other' } });
});

test('a frozen stage with neither record nor output is an error that names the way out', () => {
  const project = testProject({
    'pipeline.yaml': 'stages:\n  a: { cmd: echo x > a.txt, outs: [a.txt], frozen: true }\n',
  });
  const run = project.json(['run']);
  expect(run.code).toBe(1);
  expect(run.events.find((event) => event.event === 'stage-finished')).toMatchObject({
    problem: { code: 'E0685', hint: 'frozen: false' },
  });
});
