/** What a machine has and what stages ask for. Pure. */
import type { Resources } from '../config/stage.ts';

/** What is free, in whole units: sums of fractions of a processor would not add up to what they were taken from. */
export interface Budget {
  readonly total: Resources;
  readonly free: { cpus: number; memoryBytes: number; gpus: number };
}

const THOUSANDTHS = 1000;

export function budgetOf(resources: Resources): Budget {
  const total = inUnits(resources);
  return { total, free: { ...total } };
}

/** What a stage takes. A request larger than the machine is cut to the machine, so that it runs alone instead of never. */
export function requestWithin(budget: Budget, asked: Resources): Resources {
  const request = inUnits(asked);
  return {
    cpus: Math.min(request.cpus, budget.total.cpus),
    memoryBytes: Math.min(request.memoryBytes, budget.total.memoryBytes),
    gpus: Math.min(request.gpus, budget.total.gpus),
  };
}

export function fits({ free }: Budget, request: Resources): boolean {
  return request.cpus <= free.cpus && request.memoryBytes <= free.memoryBytes && request.gpus <= free.gpus;
}

export function take({ free }: Budget, request: Resources): void {
  free.cpus -= request.cpus;
  free.memoryBytes -= request.memoryBytes;
  free.gpus -= request.gpus;
}

export function giveBack({ free }: Budget, request: Resources): void {
  free.cpus += request.cpus;
  free.memoryBytes += request.memoryBytes;
  free.gpus += request.gpus;
}

function inUnits({ cpus, memoryBytes, gpus }: Resources): Resources {
  return {
    cpus: Math.round(cpus * THOUSANDTHS),
    memoryBytes: Math.round(memoryBytes),
    gpus: Math.round(gpus * THOUSANDTHS),
  };
}
