import { expect, test } from 'vitest';
import { addExperiment, removeExperiment, renameExperiment } from './edit-experiments.ts';

const FILE = `# mine
stages: {}   # none yet

experiments:   # variants
  a: { params.x: 1 }   # first
  b:
    params.x: 2
    params.y: [1, 2]

# the end
`;
const VALUES = [{ path: 'params.x', value: 5 }];

test('an experiment is added after the last one, in its form, and nothing else changes', () => {
  const added = addExperiment(FILE, 'c', VALUES);
  expect(added).toContain('    params.y: [1, 2]\n  c: { params.x: 5 }\n');
  expect(added.replace('  c: { params.x: 5 }\n', '')).toBe(FILE);
});

test('a file without experiments gets a section, an empty one is filled, one in braces is kept in braces', () => {
  expect(addExperiment('stages: {}', 'c', VALUES)).toBe('stages: {}\n\nexperiments:\n  c: { params.x: 5 }\n');
  expect(addExperiment('experiments: {}\nstages: {}\n', 'c', VALUES)).toBe(
    'experiments: { c: { params.x: 5 } }\nstages: {}\n',
  );
  expect(addExperiment('experiments: { a: { params.x: 1 } }\n', 'c', VALUES)).toBe(
    'experiments: { a: { params.x: 1 }, c: { params.x: 5 } }\n',
  );
});

test('names that YAML would read as something else are quoted', () => {
  expect(addExperiment('', '1', VALUES)).toContain('"1": { params.x: 5 }');
});

test('removing an experiment takes its lines and its comment, and the last one leaves an empty section', () => {
  expect(removeExperiment(FILE, 'a')).toBe(FILE.replace('  a: { params.x: 1 }   # first\n', ''));
  const both = removeExperiment(removeExperiment(FILE, 'a') ?? '', 'b');
  expect(both).toContain('experiments: {}\n');
  expect(both).toContain('# the end');
  expect(removeExperiment(FILE, 'nix')).toBeNull();
});

test('renaming changes the name alone', () => {
  expect(renameExperiment(FILE, 'b', 'deep')).toBe(FILE.replace('  b:', '  deep:'));
  expect(renameExperiment(FILE, 'nix', 'x')).toBeNull();
});

test('what was added can be taken away again', () => {
  expect(removeExperiment(addExperiment(FILE, 'c', VALUES), 'c')).toBe(FILE);
});

test('templates in braces, which YAML alone could not read, do not hide the experiments below them', () => {
  const file = 'stages:\n  a: { uses: x, with: { seed: ${seed} } }\nexperiments:\n  b: { a.seed: "${seed}" }\n';
  const added = addExperiment(file, 'c', VALUES);
  expect(added).toBe(`${file}  c: { params.x: 5 }\n`);
  expect(removeExperiment(added, 'c')).toBe(file);
  expect(renameExperiment(file, 'b', 'deep')).toBe(file.replace('  b:', '  deep:'));
});
