/**
 * What differs between the stages of two results: params, code, data, and which stages had to run for it. All read from the
 * manifests the keys were computed from, so nothing that decides a result can be missing.
 */
import { canonicalJson, isJsonObject, type Json } from '../base/json.ts';
import { explainDifference } from '../decide/explain.ts';
import type { Reason } from '../decide/reason.ts';
import type { CodeChange, Comparison, InputChange, ParamChange, StageChange } from '../generated/diff.ts';
import { type Member, madeDigests, type StageResult } from './subject.ts';

type Change = Extract<Reason, { kind: 'changed' }>;

export type StageDifferences = Pick<Comparison, 'params' | 'code' | 'inputs' | 'stages'>;

/** @param first, second  one member each, or repetitions: of these, the first pair in which a stage differs stands for it. */
export function compareStages(first: readonly Member[], second: readonly Member[]): StageDifferences {
  const pairs = pairsOf(first, second);
  const made = new Set([...first, ...second].flatMap((each) => [...madeDigests(each)]));
  const params: ParamChange[] = [];
  const code = new Map<string, CodeChange>();
  const inputs: InputChange[] = [];
  const stages: StageChange[] = [];
  const [front] = pairs;
  for (const stage of front === undefined ? [] : stageNames(...front)) {
    const pair = pairs.find(([one, other]) => one.stages.get(stage)?.key !== other.stages.get(stage)?.key) ?? front;
    if (pair === undefined) continue;
    const [a, b] = pair.map(({ stages: results }) => results.get(stage));
    const status = a === undefined ? 'added' : b === undefined ? 'removed' : a.key === b.key ? 'reused' : 'rerun';
    const changes =
      status === 'rerun' && a?.action && b?.action
        ? explainDifference(a.action.manifest, b.action.manifest).filter(
            (each): each is Change => each.kind === 'changed',
          )
        : [];
    for (const change of changes) {
      if (change.fact === 'param') params.push(...leavesOf(stage, change.name, change.old, change.new));
      if (change.fact === 'code' || change.fact === 'command') noteCode(code, stage, change);
      if (change.fact === 'input' && !isMade(change.old, made) && !isMade(change.new, made))
        inputs.push({ stage, name: change.name, change: kindOf(change) });
    }
    stages.push({
      stage,
      status,
      reasons: changes as StageChange['reasons'],
      firstSeconds: secondsOf(pair[0], a),
      secondSeconds: secondsOf(pair[1], b),
    });
  }
  return { params, code: [...code.values()], inputs, stages };
}

/** Repetitions with each other in their order; the last of the shorter side with all that are left. */
function pairsOf(first: readonly Member[], second: readonly Member[]): (readonly [Member, Member])[] {
  const count = Math.max(first.length, second.length);
  return Array.from({ length: count }, (_, place) => [
    first[Math.min(place, first.length - 1)],
    second[Math.min(place, second.length - 1)],
  ]).flatMap(([a, b]) => (a === undefined || b === undefined ? [] : [[a, b] as const]));
}

/** What one trial took is not recorded: the record is that of the whole search. */
function secondsOf({ folds }: Member, result: StageResult | undefined): number | null {
  return folds === undefined ? (result?.action?.seconds ?? null) : null;
}

/** In the order of the second, where stages only the first has come where they stood. */
export function stageNames(first: Member, second: Member): readonly string[] {
  const names = [...second.stages.keys()];
  let at = 0;
  for (const name of first.stages.keys()) {
    const place = names.indexOf(name);
    if (place >= 0) at = place + 1;
    else names.splice(at++, 0, name);
  }
  return names;
}

/** A command may read a whole map of params as one: what differs in it is named by its own path. */
function leavesOf(stage: string, name: string, old: Json | undefined, now: Json | undefined): ParamChange[] {
  if (isJsonObject(old) && isJsonObject(now)) {
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    const joint = name.endsWith(':') ? '' : '.';
    return names.flatMap((each) => leavesOf(stage, `${name}${joint}${each}`, old[each], now[each]));
  }
  if (old !== undefined && now !== undefined && canonicalJson(old) === canonicalJson(now)) return [];
  const change = { stage, name, ...(old === undefined ? {} : { old }), ...(now === undefined ? {} : { new: now }) };
  return [change as ParamChange];
}

function kindOf({ old, new: now }: Change): InputChange['change'] {
  return old === undefined || old === null ? 'added' : now === undefined || now === null ? 'removed' : 'changed';
}

/** One module serves many stages: it is named once, with the stages that reach it. Digests say nothing, versions do. */
function noteCode(code: Map<string, CodeChange>, stage: string, change: Change): void {
  const name = change.fact === 'command' ? 'command' : change.name;
  const id = change.fact === 'command' ? `${stage}\n${change.name}` : name;
  const known = code.get(id);
  if (known !== undefined) {
    known.stages.push(stage);
    return;
  }
  const isShown = change.fact === 'command' || name.startsWith('package ');
  code.set(id, {
    name,
    change: kindOf(change),
    stages: [stage],
    ...(isShown && typeof change.old === 'string' ? { old: change.old } : {}),
    ...(isShown && typeof change.new === 'string' ? { new: change.new } : {}),
  });
}

function isMade(value: Json | undefined, made: ReadonlySet<string>): boolean {
  return Array.isArray(value) && typeof value[1] === 'string' && made.has(value[1]);
}
