/**
 * Which node does what next: a state machine without clock, disk or processes.
 *
 * The caller sends an event and carries out the commands that come back; `advance` is the only function that changes state.
 *
 * States of a node:
 *   waiting   a producer is not settled
 *   deciding  all producers are settled; its verdict is being worked out
 *   queued    must run; waits for resources
 *   running   holds its resources
 *   settled   has an outcome
 */
import type { Resources } from '../config/stage.ts';
import type { Plan } from '../plan/graph.ts';
import { type Budget, budgetOf, fits, giveBack, requestWithin, take } from './resources.ts';

export type NodeOutcome = 'done' | 'failed' | 'blocked' | 'cancelled';

export type ScheduleEvent =
  | { readonly type: 'begin' }
  /** The verdict: it must run (queue it), or it is settled without resources. */
  | { readonly type: 'must-run'; readonly node: number }
  | { readonly type: 'settled'; readonly node: number; readonly outcome: NodeOutcome }
  /** Nothing new is started; running nodes are left to settle. */
  | { readonly type: 'stop' };

export type Command =
  | { readonly type: 'decide'; readonly node: number }
  | { readonly type: 'start'; readonly node: number }
  /** A producer failed: this node can not be had. `by` is that producer. */
  | { readonly type: 'block'; readonly node: number; readonly by: number }
  | { readonly type: 'finished' };

type NodeState = 'outside' | 'waiting' | 'deciding' | 'queued' | 'running' | 'settled';

export interface Schedule {
  readonly plan: Plan;
  readonly states: NodeState[];
  readonly outcomes: (NodeOutcome | null)[];
  readonly missing: Int32Array;
  /** Higher first. */
  readonly priority: Float64Array;
  /** Queued nodes, the most urgent last. */
  readonly queue: number[];
  readonly budget: Budget;
  readonly keepGoing: boolean;
  stopped: boolean;
  unsettled: number;
}

export interface Limits {
  readonly resources: Resources;
  readonly keepGoing: boolean;
}

/** @param selected nodes outside are taken as settled: nothing waits for them and they are never touched. */
export function createSchedule(
  plan: Plan,
  selected: ReadonlySet<number>,
  priority: Float64Array,
  limits: Limits,
): Schedule {
  const states = plan.nodes.map((node): NodeState => (selected.has(node.index) ? 'waiting' : 'outside'));
  const missing = Int32Array.from(plan.nodes, (node) => node.producers.filter((each) => selected.has(each)).length);
  return {
    plan,
    states,
    outcomes: plan.nodes.map(() => null),
    missing,
    priority,
    queue: [],
    budget: budgetOf(limits.resources),
    keepGoing: limits.keepGoing,
    stopped: false,
    unsettled: selected.size,
  };
}

/** The only place where a schedule changes. */
export function advance(schedule: Schedule, event: ScheduleEvent): Command[] {
  const commands: Command[] = [];
  switch (event.type) {
    case 'begin':
      for (const node of schedule.plan.nodes) {
        if (schedule.states[node.index] === 'waiting' && schedule.missing[node.index] === 0)
          decide(schedule, node.index, commands);
      }
      break;
    case 'must-run':
      schedule.states[event.node] = 'queued';
      enqueue(schedule, event.node);
      break;
    case 'settled':
      settle(schedule, event.node, event.outcome, commands);
      break;
    case 'stop':
      schedule.stopped = true;
      break;
  }
  if (schedule.stopped) dropWaiting(schedule);
  else startWhatFits(schedule, commands);
  if (schedule.unsettled === 0) commands.push({ type: 'finished' });
  return commands;
}

function decide(schedule: Schedule, node: number, commands: Command[]): void {
  schedule.states[node] = 'deciding';
  commands.push({ type: 'decide', node });
}

function settle(schedule: Schedule, node: number, outcome: NodeOutcome, commands: Command[]): void {
  const asked = schedule.plan.nodes[node]?.stage.resources;
  if (schedule.states[node] === 'running' && asked !== undefined)
    giveBack(schedule.budget, requestWithin(schedule.budget, asked));
  markSettled(schedule, node, outcome);
  if (outcome === 'failed' && !schedule.keepGoing) schedule.stopped = true;
  const next = outcome === 'done' ? unlock : block;
  next(schedule, node, commands);
}

function markSettled(schedule: Schedule, node: number, outcome: NodeOutcome): void {
  schedule.states[node] = 'settled';
  schedule.outcomes[node] = outcome;
  schedule.unsettled -= 1;
}

function unlock(schedule: Schedule, node: number, commands: Command[]): void {
  for (const consumer of schedule.plan.nodes[node]?.consumers ?? []) {
    if (schedule.states[consumer] !== 'waiting') continue;
    schedule.missing[consumer] = (schedule.missing[consumer] as number) - 1;
    if (schedule.missing[consumer] === 0 && !schedule.stopped) decide(schedule, consumer, commands);
  }
}

/** Everything behind a node that has no result, without recursion: chains may be ten thousand long. */
function block(schedule: Schedule, node: number, commands: Command[]): void {
  const reached = [node];
  for (const each of reached) {
    for (const consumer of schedule.plan.nodes[each]?.consumers ?? []) {
      if (schedule.states[consumer] !== 'waiting') continue;
      markSettled(schedule, consumer, 'blocked');
      commands.push({ type: 'block', node: consumer, by: node });
      reached.push(consumer);
    }
  }
}

/** Binary search by priority; equal priorities keep plan order. */
function enqueue(schedule: Schedule, node: number): void {
  const { queue, priority } = schedule;
  const urgency = priority[node] ?? 0;
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = queue[middle] as number;
    const otherUrgency = priority[other] ?? 0;
    if (otherUrgency < urgency || (otherUrgency === urgency && other > node)) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, node);
}

/**
 * Starts queued nodes, the most urgent first. One that does not fit lets smaller ones pass: it waits longer, but never for
 * ever, because a run has an end.
 */
function startWhatFits(schedule: Schedule, commands: Command[]): void {
  const { queue, budget } = schedule;
  for (let at = queue.length - 1; at >= 0 && budget.free.cpus > 0; at--) {
    const node = queue[at] as number;
    const asked = schedule.plan.nodes[node]?.stage.resources;
    if (asked === undefined) continue;
    const request = requestWithin(budget, asked);
    if (!fits(budget, request)) continue;
    queue.splice(at, 1);
    take(budget, request);
    schedule.states[node] = 'running';
    commands.push({ type: 'start', node });
  }
}

/** After a stop, what has not started is settled as cancelled; what is being decided or runs settles by its own event. */
function dropWaiting(schedule: Schedule): void {
  schedule.queue.length = 0;
  schedule.states.forEach((state, node) => {
    if (state === 'waiting' || state === 'queued') markSettled(schedule, node, 'cancelled');
  });
}
