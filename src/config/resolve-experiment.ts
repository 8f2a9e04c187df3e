/** One experiment of a file: its values put in, its stages expanded, read and linked. */
import { didYouMean } from '../base/did-you-mean.ts';
import type { ProjectPath } from '../base/paths.ts';
import type { DataFiles } from './data-file.ts';
import { draftStage, type StageDraft } from './draft-stage.ts';
import { expandStages, type WrittenStage } from './expand.ts';
import { MAIN } from './experiments.ts';
import { checkFromCycles } from './from-cycles.ts';
import { linkInputs } from './from-inputs.ts';
import { checkOutputPlaces } from './output-places.ts';
import { type ParamSource, ParamValues } from './param-values.ts';
import type { ProblemList } from './problem-list.ts';
import { linkReaches } from './reaches.ts';
import type { Experiment, Stage } from './stage.ts';
import { applyOverrides, type ReadOverride } from './stage-overrides.ts';
import type { StageTypes } from './stage-type.ts';
import { jsonFromMap, type MapTree, type Tree } from './tree.ts';
import { withVars } from './vars.ts';

export interface ExperimentRequest {
  readonly name: string;
  readonly overrides: readonly ReadOverride[];
  readonly dialect: 'pipe' | 'dvc';
  readonly file: ProjectPath;
  readonly folder: ProjectPath;
  readonly stages: MapTree;
  readonly vars: Tree | undefined;
  readonly sources: readonly ParamSource[];
  readonly files: DataFiles;
  readonly types: StageTypes;
  readonly faultyStages: ReadonlySet<string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly passedOn: (variable: string) => void;
  readonly problems: ProblemList;
}

export function resolveExperiment(request: ExperimentRequest): Experiment {
  const { name, folder, problems, faultyStages } = request;
  problems.experiment = name === MAIN ? null : name;
  const values = new ParamValues(request.sources, request.files);
  const overridesOf = applyOverrides(request.overrides, values);
  const params = values.merged();
  const known = withVars({ vars: request.vars, known: params, folder, values, problems });
  const written = expandStages(request.stages, [known], faultyStages, problems);
  checkStagesMade(request, written);
  const drafts = new Map<string, StageDraft>();
  const context = { ...request, values, params, overridesOf };
  for (const stage of written) drafts.set(stage.name, draftStage(stage, context));
  const { from, skipped } = linkInputs(drafts, faultyStages, problems);
  checkFromCycles(from, problems);
  checkOutputPlaces(drafts.values(), [request.file, ...request.files.names()], request.dialect, problems);
  const reaches = linkReaches(drafts, from, request.types, problems);
  const stages = new Map<string, Stage>();
  for (const [stage, draft] of drafts) {
    if (draft.isSkipped) continue;
    const reached = reaches.get(stage);
    stages.set(stage, {
      ...draft.stage,
      from: from.get(stage) ?? {},
      ...(reached === undefined ? {} : { reaches: reached }),
    });
  }
  return { name, params: jsonFromMap(params), stages, skipped };
}

/** An override may name one stage of a `foreach`: whether there is such a stage shows only now. */
function checkStagesMade(request: ExperimentRequest, written: readonly WrittenStage[]): void {
  const { name, overrides, faultyStages, problems } = request;
  const made = new Set(written.flatMap((stage) => [stage.name, stage.group]));
  for (const { override, target } of overrides) {
    if (target.kind !== 'stage' || made.has(target.stage) || request.stages.entries.has(target.stage)) continue;
    const [group = ''] = target.stage.split('@');
    if (faultyStages.has(group)) continue;
    const message = `\`${override.path}\` names no stage: \`${group}\` makes no \`${target.stage}\``;
    const hint = didYouMean(target.stage, made);
    const details = { experiment: name, ...(hint === undefined ? {} : { hint }) };
    problems.error('E0309', override.at ?? null, message, details);
  }
}
