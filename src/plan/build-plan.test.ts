import { expect, test } from 'vitest';
import { experiment, planOf, project, stage } from '../../test/support/plans.ts';
import { buildPlan } from './build-plan.ts';

function edges(plan: ReturnType<typeof planOf>): string[] {
  return plan.nodes
    .flatMap((node) => node.producers.map((each) => `${plan.nodes[each]?.stage.name} -> ${node.stage.name}`))
    .sort();
}

test('a dep that is, lies in, or holds an output makes an edge', () => {
  const plan = planOf(
    stage('whole', { deps: ['data/out'] }),
    stage('inner', { deps: ['data/out/part.csv'] }),
    stage('outer', { deps: ['data'] }),
    stage('make', { outs: ['data/out'] }),
  );
  expect(edges(plan)).toEqual(['make -> inner', 'make -> outer', 'make -> whole']);
});

test('paths are compared by segments: `data2` has nothing to do with `data`', () => {
  expect(edges(planOf(stage('make', { outs: ['data'] }), stage('use', { deps: ['data2', 'dat'] })))).toEqual([]);
});

test('producers come before their consumers, whatever the order of the file', () => {
  const plan = planOf(
    stage('c', { deps: ['b'] }),
    stage('b', { deps: ['a'], outs: ['b'] }),
    stage('a', { outs: ['a'] }),
  );
  expect(plan.nodes.map((node) => node.stage.name)).toEqual(['a', 'b', 'c']);
});

test('a circle is found beside a chain of 20,000 stages that is listed backwards', () => {
  const chain = Array.from({ length: 20_000 }, (_, index) =>
    stage(`s${index}`, { deps: [`o${index + 1}`], outs: [`o${index}`] }),
  );
  const circle = [stage('a', { deps: ['b'], outs: ['a'] }), stage('b', { deps: ['a'], outs: ['b'] })];
  const plan = buildPlan(project(experiment('main', [...chain, ...circle])));
  expect(plan.ok ? [] : plan.failure.map(({ message }) => message)).toEqual([
    'stages need each other in a circle: `b` needs `a` needs `b`',
  ]);
});

test('a circle is refused, and its stages are named in order', () => {
  const plan = buildPlan(
    project(
      experiment('main', [
        stage('a', { deps: ['c'], outs: ['a'] }),
        stage('b', { deps: ['a'], outs: ['b'] }),
        stage('c', { deps: ['b'], outs: ['c'] }),
      ]),
    ),
  );
  expect(plan.ok).toBe(false);
  if (plan.ok) return;
  expect(plan.failure[0]?.code).toBe('E0410');
  expect(plan.failure[0]?.message).toMatch(/`(\w)` needs `(\w)` needs `(\w)` needs `\1`/);
});

test('a frozen stage waits for nobody and reads nothing', () => {
  const plan = planOf(stage('a', { outs: ['a'] }), stage('b', { deps: ['a'], outs: ['b'], frozen: true }));
  expect(edges(plan)).toEqual([]);
  expect(plan.nodes.find((node) => node.stage.name === 'b')?.inputs).toEqual([]);
});

test('a stage that two experiments share, producers included, is one node; a changed one and all behind it are two', () => {
  const tail = [
    stage('train', { deps: ['clean'], outs: ['model'] }),
    stage('docs', { deps: ['README'], outs: ['site'] }),
  ];
  const plan = buildPlan(
    project(
      experiment('main', [stage('clean', { outs: ['clean'], cmd: 'clean --size 64' }), ...tail]),
      experiment('small', [stage('clean', { outs: ['clean'], cmd: 'clean --size 32' }), ...tail]),
    ),
  );
  expect(plan.ok).toBe(true);
  if (!plan.ok) return;
  expect(plan.value.nodes.map((node) => [node.stage.name, node.experiments]).sort()).toEqual([
    ['clean', ['main']],
    ['clean', ['small']],
    ['docs', ['main', 'small']],
    ['train', ['main']],
    ['train', ['small']],
  ]);
  const train = plan.value.nodes.find((node) => node.stage.name === 'train' && node.experiment === 'small');
  expect(train?.inputs.map((input) => input.path)).toEqual(['artifacts/small/clean/clean']);
});

test('an experiment may not read a folder that holds an output it keeps elsewhere', () => {
  const stages = [stage('make', { outs: ['data/made'] }), stage('use', { deps: ['data'], outs: ['used'] })];
  const plan = buildPlan(project(experiment('other', stages)));
  expect(plan.ok ? [] : plan.failure.map((each) => each.code)).toEqual(['E0412']);
});

test('a chain of ten thousand stages is planned without recursion', () => {
  const stages = Array.from({ length: 10_000 }, (_, i) =>
    stage(`s${i}`, { outs: [`o${i}`], deps: i === 0 ? [] : [`o${i - 1}`] }),
  );
  expect(planOf(...stages).nodes).toHaveLength(10_000);
});
