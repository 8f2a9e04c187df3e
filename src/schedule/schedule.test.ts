import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planOf, stage } from '../../test/support/plans.ts';
import { remainingSeconds } from '../decide/critical-path.ts';
import type { Plan } from '../plan/graph.ts';
import { advance, type Command, createSchedule, type Schedule, type ScheduleEvent } from './schedule.ts';

const all = (plan: Plan) => new Set(plan.nodes.map((node) => node.index));
const limits = (cpus: number, keepGoing = false) => ({ resources: { cpus, memoryBytes: 0, gpus: 0 }, keepGoing });

function scheduleOf(plan: Plan, cpus = 2, keepGoing = false, seconds: (number | null)[] = []): Schedule {
  return createSchedule(
    plan,
    all(plan),
    remainingSeconds(
      plan,
      plan.nodes.map((node) => seconds[node.index] ?? null),
    ),
    limits(cpus, keepGoing),
  );
}

function kinds(commands: readonly Command[]): string[] {
  return commands.map((each) => ('node' in each ? `${each.type} ${each.node}` : each.type));
}

const chain = planOf(
  stage('a', { outs: ['a'] }),
  stage('b', { deps: ['a'], outs: ['b'] }),
  stage('c', { deps: ['b'], outs: ['c'] }),
);

test('a stage is decided only when its producers are settled', () => {
  const schedule = scheduleOf(chain);
  expect(kinds(advance(schedule, { type: 'begin' }))).toEqual(['decide 0']);
  expect(kinds(advance(schedule, { type: 'must-run', node: 0 }))).toEqual(['start 0']);
  expect(kinds(advance(schedule, { type: 'settled', node: 0, outcome: 'done' }))).toEqual(['decide 1']);
  expect(kinds(advance(schedule, { type: 'settled', node: 1, outcome: 'done' }))).toEqual(['decide 2']);
  expect(kinds(advance(schedule, { type: 'settled', node: 2, outcome: 'done' }))).toEqual(['finished']);
});

test('a failure blocks everything behind it', () => {
  const schedule = scheduleOf(chain, 2, true);
  advance(schedule, { type: 'begin' });
  advance(schedule, { type: 'must-run', node: 0 });
  expect(kinds(advance(schedule, { type: 'settled', node: 0, outcome: 'failed' }))).toEqual([
    'block 1',
    'block 2',
    'finished',
  ]);
});

const wide = planOf(stage('a'), stage('b'), stage('c'), stage('big', { cpus: 8 }));

test('after a failure nothing new starts, unless told to keep going', () => {
  for (const keepGoing of [false, true]) {
    const schedule = scheduleOf(wide, 1, keepGoing);
    advance(schedule, { type: 'begin' });
    for (const node of [0, 1, 2]) advance(schedule, { type: 'must-run', node });
    const after = kinds(advance(schedule, { type: 'settled', node: 0, outcome: 'failed' }));
    expect(after.some((each) => each.startsWith('start'))).toBe(keepGoing);
  }
});

test('the stage with the longest work behind it starts first', () => {
  const schedule = scheduleOf(wide, 1, false, [1, 9, 5, 0.5]);
  advance(schedule, { type: 'begin' });
  const started: string[] = [];
  const send = (event: ScheduleEvent) => started.push(...kinds(advance(schedule, event)));
  for (const node of [0, 2, 1]) send({ type: 'must-run', node });
  send({ type: 'settled', node: 0, outcome: 'done' });
  send({ type: 'settled', node: 1, outcome: 'done' });
  expect(started.filter((each) => each.startsWith('start'))).toEqual(['start 0', 'start 1', 'start 2']);
});

test('a stage that asks for more than the machine has runs alone', () => {
  const schedule = scheduleOf(wide, 2);
  advance(schedule, { type: 'begin' });
  expect(kinds(advance(schedule, { type: 'must-run', node: 3 }))).toEqual(['start 3']);
  expect(kinds(advance(schedule, { type: 'must-run', node: 0 }))).toEqual([]);
  expect(kinds(advance(schedule, { type: 'settled', node: 3, outcome: 'done' }))).toEqual(['start 0']);
});

test('after a stop, what has not started is settled and what runs may end', () => {
  const schedule = scheduleOf(wide, 1);
  advance(schedule, { type: 'begin' });
  for (const node of [0, 1]) advance(schedule, { type: 'must-run', node });
  expect(kinds(advance(schedule, { type: 'stop' }))).toEqual([]);
  for (const node of [2, 3]) advance(schedule, { type: 'must-run', node });
  expect(kinds(advance(schedule, { type: 'settled', node: 0, outcome: 'cancelled' }))).toEqual(['finished']);
});

test('fractions of processors add up: a stage that takes them all starts after them', () => {
  const plan = planOf(stage('a', { cpus: 1.2 }), stage('b', { cpus: 1.1 }), stage('all', { cpus: 4 }));
  const schedule = scheduleOf(plan, 4);
  advance(schedule, { type: 'begin' });
  for (const node of [0, 1, 2]) advance(schedule, { type: 'must-run', node });
  advance(schedule, { type: 'settled', node: 0, outcome: 'done' });
  expect(kinds(advance(schedule, { type: 'settled', node: 1, outcome: 'done' }))).toEqual(['start 2']);
});

test('any graph, any limits, any verdicts and failures: budgets hold, order holds, and every run ends', () => {
  const graphs = fc.array(
    fc.record({
      needs: fc.array(fc.nat(20), { maxLength: 3 }),
      cpus: fc.integer({ min: 1, max: 4 }),
      outcome: fc.constantFrom('fresh', 'ran', 'failed'),
    }),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(
      graphs,
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      fc.infiniteStream(fc.nat()),
      (graph, cpus, keepGoing, picks) => {
        const plan = planOf(
          ...graph.map(({ needs, cpus: asked }, i) =>
            stage(`s${i}`, {
              outs: [`o${i}`],
              cpus: asked,
              deps: needs.filter((each) => each < i).map((each) => `o${each}`),
            }),
          ),
        );
        const schedule = scheduleOf(plan, cpus, keepGoing);
        const outcomeOf = (node: number) => graph[Number(plan.nodes[node]?.stage.name.slice(1))]?.outcome;
        const pending: ScheduleEvent[] = [];
        const settled = new Set<number>();
        let busy = 0;
        let finished = false;
        const take = (commands: readonly Command[]) => {
          for (const command of commands) {
            if (command.type === 'finished') finished = true;
            if (command.type === 'decide') {
              for (const each of plan.nodes[command.node]?.producers ?? []) expect(settled.has(each)).toBe(true);
              pending.push(
                outcomeOf(command.node) === 'fresh'
                  ? { type: 'settled', node: command.node, outcome: 'done' }
                  : { type: 'must-run', node: command.node },
              );
            }
            if (command.type === 'start') {
              busy += Math.min(cpus, plan.nodes[command.node]?.stage.resources.cpus ?? 0);
              expect(busy).toBeLessThanOrEqual(cpus);
              pending.push({
                type: 'settled',
                node: command.node,
                outcome: outcomeOf(command.node) === 'failed' ? 'failed' : 'done',
              });
            }
          }
        };
        take(advance(schedule, { type: 'begin' }));
        while (pending.length > 0) {
          const event = pending.splice((picks.next().value as number) % pending.length, 1)[0] as ScheduleEvent;
          if (event.type === 'settled') {
            if (schedule.states[event.node] === 'running')
              busy -= Math.min(cpus, plan.nodes[event.node]?.stage.resources.cpus ?? 0);
            settled.add(event.node);
          }
          take(advance(schedule, event));
        }
        expect(finished).toBe(true);
        expect(schedule.unsettled).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});
