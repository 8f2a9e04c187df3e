/** What a machine has and what stages ask for. Pure. */
import type { Resources } from '../config/stage.ts';

/** What is free. A request larger than the machine is cut to the machine, so that it runs alone instead of never. */
export interface Budget {
  readonly total: Resources;
  cpus: number;
  memoryBytes: number;
  gpus: number;
}

export function budgetOf(total: Resources): Budget {
  return { total, cpus: total.cpus, memoryBytes: total.memoryBytes, gpus: total.gpus };
}

export function requestWithin(budget: Budget, asked: Resources): Resources {
  return {
    cpus: Math.min(asked.cpus, budget.total.cpus),
    memoryBytes: Math.min(asked.memoryBytes, budget.total.memoryBytes),
    gpus: Math.min(asked.gpus, budget.total.gpus),
  };
}

export function fits(budget: Budget, request: Resources): boolean {
  return request.cpus <= budget.cpus && request.memoryBytes <= budget.memoryBytes && request.gpus <= budget.gpus;
}

export function take(budget: Budget, request: Resources): void {
  budget.cpus -= request.cpus;
  budget.memoryBytes -= request.memoryBytes;
  budget.gpus -= request.gpus;
}

export function giveBack(budget: Budget, request: Resources): void {
  budget.cpus += request.cpus;
  budget.memoryBytes += request.memoryBytes;
  budget.gpus += request.gpus;
}
