/** The params of a search, read: the space, what is searched for, and what every trial starts from. All that is wrong is told here. */
import { z } from 'zod';
import searchSchema from '../../schemas/stages/search.schema.json' with { type: 'json' };
import trainSchema from '../../schemas/stages/train.schema.json' with { type: 'json' };
import { isJsonObject } from '../../src/base/json.ts';
import type { SearchParams } from '../../src/generated/stages/search.ts';
import { type Filled, type Json, type JsonObject, StageError } from '../../src/sdk/index.ts';
import type { Constraints } from '../lib/search/constraints.ts';
import type { PrunerSettings } from '../lib/search/create-pruner.ts';
import { parseConstraints } from '../lib/search/parse-constraints.ts';
import { parseEnqueued } from '../lib/search/parse-enqueued.ts';
import { parseSpace } from '../lib/search/parse-space.ts';
import type { Space } from '../lib/search/space.ts';
import type { SpaceProblem } from '../lib/search/space-problem.ts';
import type { Goal, Settings } from '../lib/search/types.ts';
import { goalOfColumn } from '../lib/training/monitor.ts';
import { applySettings } from '../lib/training/settings.ts';
import type { TrainSettings } from '../lib/training/train-types.ts';
import { isOwnPath } from './paths.ts';

export type Params = Omit<Filled<SearchParams>, 'space' | 'objective' | 'pruner' | 'enqueue' | 'constraints' | 'use'> &
  Pick<SearchParams, 'space'> & {
    readonly objective: WrittenObjective | readonly WrittenObjective[];
    readonly pruner: string | PrunerMap;
    readonly enqueue: readonly JsonObject[];
    readonly constraints: JsonObject;
    readonly use: JsonObject | null;
  };

type PrunerMap = Readonly<Record<string, Json>> & { readonly name: string };

interface WrittenObjective {
  readonly metric: string;
  readonly goal: Goal | 'auto';
}

export interface Objective {
  /** A column of history.csv, or one of `COST_METRICS`. */
  readonly metric: string;
  readonly goal: Goal;
}

/** What a trial costs; known of every trial, so they may be objectives. */
export const COST_METRICS = ['params', 'flops', 'size', 'epochs'] as const;
export type CostMetric = (typeof COST_METRICS)[number];

export interface StudySettings {
  readonly space: Space;
  readonly objectives: readonly [Objective, ...Objective[]];
  readonly pruner: PrunerSettings;
  readonly enqueued: readonly Settings[];
  readonly constraints: Constraints;
  /** Params of `train` with its defaults; a trial changes some of them. */
  readonly base: TrainSettings;
  /** As `base`, with other values at some paths. @throws StageError when `train` does not take them. */
  trainSettings(own: Settings): TrainSettings;
}

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
const TRAIN = z.fromJSONSchema(trainSchema as unknown as JsonSchema);
const PRUNER = z.fromJSONSchema(searchSchema.properties.pruner as unknown as JsonSchema);

/**
 * Paths of the space and values it lists fit `train`, or the stage they reach into: the schema has the runner check that.
 *
 * @param reaches  names of the stages before the search that paths may begin with.
 * @throws StageError for whatever else cannot be used, before anything is trained.
 */
export function readStudy(params: Params, reaches: readonly string[]): StudySettings {
  const space = usable(parseSpace(params.space as unknown as Json, params.sampler));
  const enqueued = usable(parseEnqueued(space, params.enqueue as unknown as Json));
  const constraints = usable(parseConstraints(params.constraints));
  const base = parseTrain({ seed: params.seed, ...params.trial.with }, 'trial.with');
  const trainSettings = (own: Settings) =>
    parseTrain(applySettings(base, { settings: own }) as unknown as Json, 'settings');
  for (const path of pathsOf(space)) if (isOwnPath(path, reaches)) checkPlace(path, base);
  const objectives = readObjectives(params);
  return {
    space,
    objectives,
    pruner: readPruner(params, base, objectives.length),
    enqueued,
    constraints,
    base,
    trainSettings,
  };
}

type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: readonly SpaceProblem[] };

function usable<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  const [first, ...others] = parsed.failure;
  const more = others.map(({ message }) => `; ${message}`).join('');
  throw new StageError(`${first?.message ?? 'the space cannot be used'}${more}`, {
    ...(first === undefined ? {} : { code: first.code, hint: first.hint, param: first.at }),
  });
}

function parseTrain(params: Json, where: string): TrainSettings {
  const parsed = TRAIN.safeParse(params);
  if (parsed.success) return parsed.data as TrainSettings;
  const issue = parsed.error.issues[0];
  const at = [where, ...(issue?.path ?? [])].join('.');
  throw new StageError(`\`${at}\` does not fit \`train\`: ${issue?.message}`, {
    code: 'E0809',
    hint: 'give the params `train` has: docs/reference/stages.md',
  });
}

/** Lists by their own path, not by those of their elements. */
function pathsOf({ dimensions, lists }: Space): string[] {
  const isElement = (path: string) => lists.some((list) => path.startsWith(`${list.path}.`));
  return [...lists.map(({ path }) => path), ...dimensions.map(({ path }) => path).filter((path) => !isElement(path))];
}

/** A value needs a map to be put into: there is none where `null` stands for "not at all", as in `earlyStopping`. */
function checkPlace(path: string, base: TrainSettings): void {
  const steps = path.split('.').slice(0, -1);
  let here = base as unknown as Json | undefined;
  for (const [i, step] of steps.entries()) {
    here = isJsonObject(here) ? here[step] : undefined;
    if (isJsonObject(here)) continue;
    const parent = steps.slice(0, i + 1).join('.');
    throw new StageError(
      `\`${path}\` cannot be set: \`${parent}\` of the trial is ${Array.isArray(here) ? 'a list' : JSON.stringify(here ?? null)}, not a map`,
      {
        code: 'E0809',
        hint: `trial: { with: { ${parent}: { ${path.slice(parent.length + 1)}: ... } } }`,
        param: ['space', path],
      },
    );
  }
}

function readObjectives({ objective }: Params): [Objective, ...Objective[]] {
  const written = (Array.isArray(objective) ? objective : [objective]) as readonly WrittenObjective[];
  const [first, ...others] = written.map(({ metric, goal }): Objective => {
    // Also asked when the goal is given: it knows which metrics there are.
    const better = COST_METRICS.some((each) => each === metric) ? 'minimize' : goalOfColumn(metric);
    return { metric, goal: goal === 'auto' ? better : goal };
  });
  // The schema asks for at least one.
  return [first as Objective, ...others];
}

/** Of median, unless said otherwise: each decision is a pause of all trainings. */
const DECISIONS = 10;

function readPruner({ pruner }: Params, base: TrainSettings, objectives: number): PrunerSettings {
  if (pruner === 'none') return { pruner: 'none' };
  // A name alone stands for that pruner with the defaults of the schema.
  const { name, ...rest } = typeof pruner === 'string' ? (PRUNER.parse({ name: pruner }) as PrunerMap) : pruner;
  if (objectives > 1) {
    throw new StageError(`the pruner \`${name}\` compares one number, and there are two objectives`, {
      code: 'E0809',
      hint: 'pruner: none',
      param: ['pruner'],
    });
  }
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  const limits =
    name === 'hyperband'
      ? { maxSteps: base.epochs }
      : name === 'median'
        ? { interval: Math.max(1, Math.round(base.epochs / DECISIONS)) }
        : {};
  return { pruner: name, ...limits, ...given } as PrunerSettings;
}
