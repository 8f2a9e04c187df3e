/**
 * What an override's path names: a param, a value of a params file, or a param of a stage.
 *
 * Decided once for all overrides of a file, also of experiments nobody asked for, so that a mistyped path is found when it
 * is written and not when it is used.
 */
import { closest } from '../base/did-you-mean.ts';
import { type ProjectPath, projectPath } from '../base/paths.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { isDataFile } from './data-file.ts';
import { parseReference } from './template.ts';

export type OverrideTarget =
  | { readonly kind: 'params'; readonly keys: readonly string[] }
  | { readonly kind: 'file'; readonly file: ProjectPath; readonly keys: readonly string[] }
  /** `stage`: the name as in the file, or of one of the stages made from it (`prepare@a`). */
  | { readonly kind: 'stage'; readonly stage: string; readonly keys: readonly string[] };

export interface TargetFault {
  readonly message: string;
  readonly hint?: string;
}

/** Names as a set or as the keys of a map. */
type Names = Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'>;

/** What an override may name: stages as written in the file, and the pipeline's params. */
export interface Overridable {
  readonly stages: Names;
  readonly params: Names;
}

/** @param folder the pipeline file's. */
export function readTarget(
  path: string,
  { stages, params }: Overridable,
  folder: ProjectPath,
): Result<OverrideTarget, TargetFault> {
  const colon = path.lastIndexOf(':');
  if (colon > 0 && isDataFile(path.slice(0, colon))) {
    const file = projectPath(path.slice(0, colon), folder);
    if (!file.ok) return fail({ message: `\`${path.slice(0, colon)}\` is not a path inside the project` });
    return withKeys(path, path.slice(colon + 1), (keys) => ({ kind: 'file', file: file.value, keys }));
  }
  const stage = stageIn(path, stages);
  if (stage !== null) {
    return withKeys(path, path.slice(stage.length + 1), (keys) => ({ kind: 'stage', stage, keys }));
  }
  if (path.startsWith('params.')) {
    return withKeys(path, path.slice('params.'.length), (keys) => ({ kind: 'params', keys }));
  }
  if (path === 'params' || stages.has(path)) {
    return fail({ message: `\`${path}\` names no value`, hint: `write the path of one value: \`${path}.NAME\`` });
  }
  const [first = ''] = path.split(/[.[]/);
  const near = params.has(first) ? first : closest(first, [...stages.keys(), 'params', ...params.keys()]);
  const meant = near !== null && !stages.has(near) && params.has(near) ? `params.${near}` : near;
  return fail({
    message: `\`${path}\` starts with neither a stage nor \`params\``,
    hint:
      meant === null
        ? `write \`params.${path}\` for a param, \`STAGE.${path}\` for a param of a stage`
        : `did you mean \`${meant}${meant.startsWith('params.') ? path.slice(first.length) : ''}\`?`,
  });
}

function withKeys(
  path: string,
  rest: string,
  make: (keys: readonly string[]) => OverrideTarget,
): Result<OverrideTarget, TargetFault> {
  const keys = parseReference(rest);
  return keys.ok
    ? ok(make(keys.value))
    : fail({
        message: `\`${path}\` names no value: after \`${path.slice(0, path.length - rest.length)}\` ${keys.failure}`,
      });
}

/** The longest beginning of the path that is a stage's name: names may hold dots. */
export function stageIn(path: string, stages: Pick<Names, 'has'>): string | null {
  for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
    const name = path.slice(0, end);
    if (stages.has(name)) return name;
    const separator = name.indexOf('@');
    if (separator > 0 && stages.has(name.slice(0, separator))) return name;
  }
  return null;
}
