/** Outcomes of nodes -> the one summary object that ends every run, for screens and programs alike. */
import type { Json } from '../base/json.ts';
import type { Plan } from '../plan/graph.ts';
import { folderName } from '../plan/locations.ts';
import { numbersIn } from '../record/metric-values.ts';
import type { StageSummary, Summary } from '../report/events.ts';
import type { ActionRecord } from '../store/store.ts';

export interface NodeSummary extends StageSummary {
  readonly action: ActionRecord | null;
}

/** @param summaries by node; nodes that are not there were not asked for. */
export function summarise(
  plan: Plan,
  summaries: ReadonlyMap<number, NodeSummary>,
  rest: Pick<Summary, 'status' | 'seconds'> & Partial<Pick<Summary, 'run' | 'forecast' | 'variants'>>,
): Summary {
  const experiments: Record<string, Record<string, StageSummary>> = {};
  const metrics: Record<string, Json> = {};
  const first = plan.project.experiments[0]?.name ?? 'main';
  for (const { name, skipped } of plan.project.experiments) {
    const stages: Record<string, StageSummary> = {};
    experiments[name] = stages;
    for (const stage of skipped.keys()) stages[stage] = { status: 'skipped', key: null, reasons: [], seconds: 0 };
  }
  for (const [index, { status, key, reasons, seconds, restorable, action }] of summaries) {
    const node = plan.nodes[index];
    if (node === undefined) continue;
    const shown: StageSummary = { status, key, reasons, seconds, ...(restorable === true ? { restorable } : {}) };
    for (const experiment of node.experiments) {
      const stages = experiments[experiment];
      if (stages !== undefined) stages[node.stage.name] = shown;
      if (experiment === first && action !== null) Object.assign(metrics, metricsOf(node.stage.name, action));
    }
  }
  return {
    event: 'summary',
    experiment: first,
    stages: experiments[first] ?? {},
    ...(plan.project.experiments.length > 1 ? { experiments } : {}),
    ...(hasUses(plan, summaries) ? { results: `artifacts/${folderName(first)}/` } : {}),
    ...(Object.keys(metrics).length > 0 ? { metrics } : {}),
    ...rest,
  };
}

/** Outputs of commands lie where the commands write them; those of `uses` stages lie in `artifacts/`. */
function hasUses(plan: Plan, summaries: ReadonlyMap<number, unknown>): boolean {
  return plan.nodes.some((node) => summaries.has(node.index) && node.stage.action.kind === 'uses');
}

function metricsOf(stage: string, action: ActionRecord): Record<string, Json> {
  const found = Object.entries(action.metrics).filter(([, value]) => Object.keys(numbersIn(value)).length > 0);
  return found.length === 0 ? {} : { [stage]: Object.fromEntries(found) };
}
